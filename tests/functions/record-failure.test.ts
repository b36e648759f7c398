import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { RunFailed } from '../../core/errors.ts';
import { failRun } from '../../functions/fail-run/handler.ts';
import { recordFailure } from '../../functions/record-failure/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { servicesOf } from './shard-fixture.ts';

const refused = { Error: 'CredentialRefused', Cause: 'the key is wrong' };
/** What Step Functions says of a Distributed Map, whatever its item said. */
const ofTheMap = {
  Error: 'States.ExceedToleratedFailureThreshold',
  Cause: 'The specified tolerated failure threshold was exceeded',
};

function record(store: MemoryStore, failure: { Error: string; Cause: string }, redrives = 0) {
  return recordFailure.run(recordFailure.input.parse({ run: 'run-1', failure, redrives }), servicesOf(store));
}

async function recordAll(...failures: { Error: string; Cause: string }[]) {
  const store = new MemoryStore();
  let answer: unknown;
  for (const failure of failures) answer = await record(store, failure);
  return { answer, written: writtenIn(store) };
}

function writtenIn(store: MemoryStore): unknown {
  return JSON.parse(store.objects.get(keys.failure('run-1'))!);
}

const told = (failure: { Error: string; Cause: string }, redrives = 0) => ({ ...failure, redrives });

describe('a failure', () => {
  test('of a shard keeps its own name at the top, where the map knows only that it failed', async () => {
    expect(await recordAll(refused, ofTheMap)).toEqual({ answer: told(refused), written: told(refused) });
  });

  test('of a map whose shards recorded nothing is the map failure', async () => {
    expect(await recordAll(ofTheMap)).toEqual({ answer: told(ofTheMap), written: told(ofTheMap) });
  });

  test('that comes later is told, not the one before', async () => {
    const later = { Error: 'ServingFailed', Cause: 'no room' };

    expect(await recordAll(refused, later)).toEqual({ answer: told(later), written: told(later) });
  });

  test('in the wrapping of Lambda is unwrapped to what it says', async () => {
    const wrapped = JSON.stringify({
      errorType: 'CredentialRefused',
      errorMessage: 'the key is wrong',
      trace: ['at x'],
    });

    expect((await recordAll({ Error: 'CredentialRefused', Cause: wrapped })).written).toEqual(told(refused));
  });

  test.each(['plain words', '{"other": 1}', '{"cut', ''])('that says %j says the same afterwards', async (Cause) => {
    const failure = { Error: 'States.Runtime', Cause };

    expect((await recordAll(failure)).written).toEqual(told(failure));
  });

  test('of a shard, in an execution that was redriven, is recorded as of that redrive', async () => {
    const store = new MemoryStore();
    await record(store, refused);

    expect(await record(store, ofTheMap, 2)).toEqual(told(refused, 2));
    expect(writtenIn(store)).toEqual(told(refused, 2));
  });
});

describe('a run that failed', () => {
  const endOf = (store: MemoryStore, redrives: number) =>
    failRun.run({ run: 'run-1', failure: refused, redrives }, servicesOf(store));

  test('ends red under the name of its failure', async () => {
    const store = new MemoryStore();
    await record(store, refused);

    await expect(endOf(store, 0)).rejects.toThrow(new RunFailed('CredentialRefused', 'the key is wrong'));
    await expect(endOf(store, 0)).rejects.toMatchObject({ name: 'CredentialRefused' });
  });

  test('goes on at the first redrive, even if its execution ended before it came to the red ending', async () => {
    const store = new MemoryStore();
    await record(store, refused);

    expect(await endOf(store, 1)).toBeNull();
  });

  test('and fails again after a redrive, ends red again', async () => {
    const store = new MemoryStore();
    await record(store, refused);
    await record(store, refused, 1);

    await expect(endOf(store, 1)).rejects.toThrow(RunFailed);
    expect(await endOf(store, 2)).toBeNull();
  });

  test('and began with an earlier version of the workflow, needs the red ending to be recorded', async () => {
    const store = new MemoryStore();
    const input = recordFailure.input.parse({ run: 'run-1', failure: refused });
    expect(await recordFailure.run(input, servicesOf(store))).toEqual(refused);

    await expect(endOf(store, 0)).rejects.toThrow(RunFailed);
    expect(await endOf(store, 1)).toBeNull();
  });

  test('and has lost its record, ends red once more and is recorded again', async () => {
    const store = new MemoryStore();

    await expect(endOf(store, 1)).rejects.toThrow(RunFailed);
    expect(writtenIn(store)).toEqual(told(refused, 1));
    expect(await endOf(store, 2)).toBeNull();
  });
});
