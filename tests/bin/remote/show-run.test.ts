import { expect, test } from '@jest/globals';
import { lookClock, showRun } from '../../../bin/remote/show-run.ts';
import type { RunView } from '../../../core/api.ts';
import type { ProgressEvent } from '../../../core/ports.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { artifactsOfRound, decided, progress, run, sampleView, waiting } from './sample-views.ts';

test('a step that was not there at the last look has begun at about its time, and not complete', async () => {
  const { show, said } = await shown(sampleView());
  await show.take(sampleView({ progress: [progress('sample-responses', 24, 24, 0.01)] }));

  expect(said).toEqual([
    { step: 'sample-responses', round: 1, shard: 0, done: 0, of: 24, usd: 0 },
    { step: 'sample-responses', round: 1, shard: 0, done: 24, of: 24, usd: 0.01 },
  ]);
});

test('a step that was there at the first look is told as it is, and again only when it has gone on', async () => {
  const first = sampleView({ progress: [progress('sample-responses', 6, 24, 0.01)] });
  const { show, said } = await shown(first);
  await show.take(first);
  await show.take(sampleView({ progress: [progress('sample-responses', 12, 24, 0.02)] }));

  expect(said.map((event) => typeof event !== 'string' && event.done)).toEqual([6, 12]);
});

test('where the next round has begun since the last look, the one before is complete, with what it has cost, and decided', async () => {
  const before = [progress('judge-responses', 12, 24, 0.05), progress('evaluate-candidate', 100, 256, 0.02)];
  const { show, said, usd } = await shown(sampleView({ rounds: 2, progress: before }));
  said.length = 0;
  const after = [{ ...progress('sample-responses', 3, 24, 0.001), round: 2 }];
  await show.take(sampleView({ rounds: 2, round: 2, decided, progress: after }));

  expect(said).toEqual([
    { step: 'evaluate-candidate', round: 1, shard: 0, done: 256, of: 256, usd },
    { step: 'judge-responses', round: 1, shard: 0, done: 24, of: 24, usd: 0.05 },
    expect.stringContaining('fully right 24.2 % → 57.8 %'),
    { step: 'sample-responses', round: 2, shard: 0, done: 0, of: 24, usd: 0 },
    { step: 'sample-responses', round: 2, shard: 0, done: 3, of: 24, usd: 0.001 },
  ]);
});

test('rounds that were decided before the first look are already done', async () => {
  const { said } = await shown(sampleView({ rounds: 2, round: 2, decided }));

  expect(said).toEqual([expect.stringContaining('Round 1'), expect.stringContaining('fully right 24.2 % → 57.8 %')]);
});

test('a question is asked once', async () => {
  const { show, said } = await shown(waiting);
  await show.take(waiting);

  expect(said).toEqual([expect.stringContaining(`resume ${run} --approve --stack ratchet-small`)]);
});

async function shown(first: RunView) {
  const said: (string | ProgressEvent)[] = [];
  const { store, usd } = await storeOfRun();
  const display = {
    progress: (event: ProgressEvent) => void said.push(event),
    state: () => undefined,
    say: (line: string) => void said.push(line),
    close: () => undefined,
  };
  const globals = { directory: 's3://small-bucket', store, stack: 'ratchet-small', json: false, verbose: false };
  const show = showRun(run, display, globals, lookClock());
  await show.take(first);
  return { show, said, usd };
}

async function storeOfRun() {
  const store = new MemoryStore();
  const { artifacts, usd } = artifactsOfRound();
  for (const [key, body] of Object.entries(artifacts)) await store.write(key, body);
  return { store, usd };
}
