import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { recordFailure } from '../../functions/record-failure/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { servicesOf } from './shard-fixture.ts';

const refused = { Error: 'CredentialRefused', Cause: 'the key is wrong' };
/** What Step Functions says of a Distributed Map, whatever its item said. */
const ofTheMap = {
  Error: 'States.ExceedToleratedFailureThreshold',
  Cause: 'The specified tolerated failure threshold was exceeded',
};

async function recordAll(...failures: { Error: string; Cause: string }[]) {
  const store = new MemoryStore();
  let answer: unknown;
  for (const failure of failures) {
    answer = await recordFailure.run(recordFailure.input.parse({ run: 'run-1', failure }), servicesOf(store));
  }
  return { answer, written: JSON.parse(store.objects.get(keys.failure('run-1'))!) };
}

describe('a failure', () => {
  test('of a shard keeps its own name at the top, where the map knows only that it failed', async () => {
    expect(await recordAll(refused, ofTheMap)).toEqual({ answer: refused, written: refused });
  });

  test('of a map whose shards recorded nothing is the map failure', async () => {
    expect(await recordAll(ofTheMap)).toEqual({ answer: ofTheMap, written: ofTheMap });
  });

  test('that comes later is told, not the one before', async () => {
    const later = { Error: 'ServingFailed', Cause: 'no room' };

    expect(await recordAll(refused, later)).toEqual({ answer: later, written: later });
  });

  test('in the wrapping of Lambda is unwrapped to what it says', async () => {
    const wrapped = JSON.stringify({
      errorType: 'CredentialRefused',
      errorMessage: 'the key is wrong',
      trace: ['at x'],
    });

    expect((await recordAll({ Error: 'CredentialRefused', Cause: wrapped })).written).toEqual(refused);
  });

  test.each(['plain words', '{"other": 1}', '{"cut', ''])('that says %j says the same afterwards', async (Cause) => {
    expect((await recordAll({ Error: 'States.Runtime', Cause })).written).toEqual({ Error: 'States.Runtime', Cause });
  });
});
