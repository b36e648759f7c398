import { afterEach, expect, jest, test } from '@jest/globals';
import { LoopWorld } from './loop-world.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('a step that takes its hours is waited for, not begun a second time beside the first', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'Date', 'performance'] });
  const world = new LoopWorld();
  const handlers = world.handlers();
  const assemble = handlers.get('assemble-dataset')!;
  let begun = 0;
  handlers.set('assemble-dataset', async (event) => {
    begun++;
    await jest.advanceTimersByTimeAsync(24 * 3_600_000);
    return assemble(event);
  });

  expect(await world.run(handlers)).toEqual({ kind: 'ended', ending: 'finished' });
  expect(begun).toBe(1);
});

test('a failed run leaves no timer behind that would keep the process alive', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'Date', 'performance'] });
  const world = new LoopWorld({
    loop: { shards: { prompts: 1, atOnce: 2 } },
    student: ({ prompt }) => (prompt.id === 'train-0' ? new Error('broken') : undefined),
  });

  expect(await world.run()).toMatchObject({ kind: 'failed', error: 'Error' });
  expect(jest.getTimerCount()).toBe(0);
});

test('each state is reported as it is entered, with its document, those of shards too', async () => {
  const world = new LoopWorld();

  await world.run();

  expect(world.states.slice(0, 4)).toEqual(['Plan run', 'Collect feedback', 'Sample responses', 'All sampled?']);
  expect(
    JSON.parse(world.documents.find((document) => document.startsWith('{"run":"run-1","round":1,"shard":0'))!),
  ).toEqual({ run: 'run-1', round: 1, shard: 0 });
  expect(world.states.at(-1)).toBe('Done');
});
