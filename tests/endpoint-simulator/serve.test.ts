import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { sampling } from './simulator-fixture.ts';

let child: ChildProcessByStdio<Writable, Readable, null> | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
});

async function serve(options: unknown) {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = started;
  const [line] = await once(started.stdout, 'data');
  const { url }: { url: string } = JSON.parse(String(line));
  return { started, url, root: new URL(url).origin };
}

async function json(url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return answer.json();
}

test('a simulator of its own process takes its options as JSON, and gives its counts', async () => {
  const { url, root, started } = await serve({ choices: [{ fault: 'fewer-choices', share: 1 }] });

  expect(await json(`${url}/models`)).toMatchObject({ data: [{ id: 'planted-student' }, { id: 'planted-teacher' }] });
  expect(await json(`${url}/chat/completions`, sampling(0))).toMatchObject({ choices: [{}, {}] });
  expect(await json(`${root}/counts`)).toMatchObject({ requests: 1, answered: 1 });
  expect(Object.values((await json(`${root}/calls`)) as object)).toEqual([{ attempts: 1, answered: 1 }]);

  started.stdin.end();
  expect(await once(started, 'exit')).toEqual([0, null]);
});

test('it ends on SIGTERM, with calls under way', async () => {
  const { url, started } = await serve({ wire: [{ fault: 'hang', share: 1 }] });
  const call = json(`${url}/chat/completions`, sampling(0));
  call.catch(() => undefined);
  await json(`${url}/models`);

  started.kill('SIGTERM');
  expect(await once(started, 'exit')).toEqual([0, null]);
  await expect(call).rejects.toThrow();
});
