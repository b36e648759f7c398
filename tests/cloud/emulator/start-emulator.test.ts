import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startEmulator } from './start-emulator.ts';
import { until } from './until.ts';

const module = join(import.meta.dirname, 'start-emulator.ts');

test('an emulator that was stopped is gone, with its folder', async () => {
  const { endpoint, folder, stop } = await startEmulator();
  expect(await answers(endpoint)).toBe(true);
  await stop();

  expect(await answers(endpoint)).toBe(false);
  await expect(access(folder)).rejects.toThrow('ENOENT');
}, 300_000);

test('an emulator ends with the process that started it, even if that is killed', async () => {
  const script = `import { startEmulator } from ${JSON.stringify(module)}; console.log(JSON.stringify(await startEmulator()));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const { endpoint, folder } = JSON.parse(line);
  expect(await answers(endpoint)).toBe(true);
  child.kill('SIGKILL');

  await until('silence', async () => ((await answers(endpoint)) ? undefined : true));
  await rm(folder, { recursive: true });
}, 300_000);

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
