import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { directoryStore } from '../../providers/directory/store.ts';
import { plan } from '../functions/paid-shards.ts';
import { ratchet } from './command-line.ts';

let directory: string;

/** A run of models that have no prices. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-bin-'));
  const model = { endpoint: 'http://127.0.0.1:1/v1', price: { prompt: 0, completion: 0 }, callsAtOnce: 1 };
  const student = { ...model, model: 'any', timeoutSeconds: 1 };
  await plan(directoryStore(directory), 'run-1', { change: { student, teacher: { ...student, maxTokens: 64 } } });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('a limit that is never reached for want of prices is refused by the name that was given', async () => {
  const words = ['--limit', 'judging.usd=5', '--limit', 'training.usd=5', '--limit', 'sampling.calls=5'];
  const { code, stderr } = await ratchet(['resume', 'run-1', ...words, '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain('--limit judging.usd: never reached, as the run has no student.price');
  expect(stderr).not.toMatch(/--usd|training|sampling/);
});

test('and so is one of the whole run', async () => {
  const { code, stderr } = await ratchet(['resume', 'run-1', '--usd', '5', '--store', directory]);

  expect(code).toBe(2);
  expect(stderr).toContain('--usd: never reached, as the run has no student.price');
  expect(stderr).not.toContain('--limit');
});
