import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let file: string;
let server: Server;
let port: number;

beforeAll(async () => {
  ({ directory, file } = await smallLoop());
  server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  server.close();
  await rm(directory, { recursive: true, force: true });
});

/** What is mistyped, and what the answer must contain: what happened, to what, or what to do. */
const mistakes: readonly { readonly words: readonly string[]; readonly says: readonly string[] }[] = [
  { words: ['run'], says: ["missing required argument 'loop'"] },
  { words: ['bogus'], says: ["unknown command 'bogus'", '--help'] },
  { words: ['status', '--bogus'], says: ["unknown option '--bogus'", '--help'] },
  { words: ['run', 'nowhere.yaml'], says: ['nowhere.yaml', 'there is no such file'] },
  { words: ['run', 'FILE', '--seed', 'x', '--rounds', '0'], says: ['--seed: give a whole number', '--rounds: give'] },
  { words: ['run', 'FILE', '--run', 'Bad Name'], says: ['--run: use 1 to 80 lower-case'] },
  { words: ['run', 'FILE', '--run', 'latest'], says: ['--run: runs/latest is the link to the latest run'] },
  { words: ['resume', 'nobody'], says: ['The run nobody', 'ratchet -- run'] },
  { words: ['resume', '--usd', 'zero'], says: ['--usd: give US dollars'] },
  { words: ['report'], says: ['there are no runs here yet'] },
  { words: ['models', 'nobody'], says: ['The loop nobody', 'no loop has run'] },
  { words: ['rollback'], says: ['no loop has run'] },
  { words: ['sandbox', '--port', 'abc'], says: ['--port: give a whole number, 0 to 65535'] },
  { words: ['sandbox', '--fault', 'noise=2'], says: ['--fault', 'shares are 0 to 1'] },
];

describe('a mistake is exit code 2, with words and no stack trace', () => {
  test.each(mistakes)('ratchet $words', async ({ words, says }) => {
    const given = words.map((word) => (word === 'FILE' ? file : word));
    const { code, stdout, stderr } = await ratchet([...given, '--store', directory, '--json']);

    expect([code, stdout]).toEqual([2, []]);
    for (const part of says) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

test('a loop file with mistakes names each one with its line', async () => {
  const path = join(directory, 'bad.yaml');
  await writeFile(path, 'name: Small\nskil: nope\n');
  const { code, stderr } = await ratchet(['run', path, '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain('name (line 1)');
  expect(stderr).toContain('did you mean "skill"?');
});

test('an endpoint that is away is told before anything starts', async () => {
  const away = await smallLoop({ teacher: { endpoint: 'http://127.0.0.1:1/v1', model: 'any' } });
  const { code, stderr, stdout } = await ratchet(['run', away.file, '--store', away.directory]);
  await rm(away.directory, { recursive: true });

  expect([code, stdout]).toEqual([2, []]);
  expect(stderr).toContain('teacher.endpoint: http://127.0.0.1:1/v1 does not answer');
});

test('a key that is not set is told before anything starts', async () => {
  const endpoint = `http://127.0.0.1:${port}/v1`;
  const keyless = await smallLoop({ teacher: { endpoint, model: 'any', apiKeyEnv: 'RATCHET_TEST_KEY' } });
  const { code, stderr } = await ratchet(['run', keyless.file, '--store', keyless.directory]);
  await rm(keyless.directory, { recursive: true });

  expect(code).toBe(2);
  expect(stderr).toContain('the environment variable RATCHET_TEST_KEY is not set');
});

test('a port that is taken is told, with what to do', async () => {
  const { code, stderr } = await ratchet(['sandbox', '--port', String(port), '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain(`The port ${port}`);
  expect(stderr).toContain('--port 0');
});

test('a store that can not be written is exit code 1, and names the place', async () => {
  const { code, stderr } = await ratchet(['run', file, '--store', file]);

  expect(code).toBe(1);
  expect(stderr).toContain('StoreUnavailable');
  expect(stderr).toContain(file);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a run that fails is exit code 1, with the name of the error and how to go on', async () => {
  const failing = await smallLoop({ student: { endpoint: 'sandbox', model: 'desk-bass' } });
  const { code, stdout, stderr } = await ratchet(['run', failing.file, '--store', failing.directory]);
  await rm(failing.directory, { recursive: true });

  expect(code).toBe(1);
  expect(stderr).toContain('ProviderRejectedRequest');
  expect(stderr).toContain('desk-bass');
  expect(stdout.join('\n')).toContain(`npm run ratchet -- resume small-1 --store ${failing.directory}`);
});
