import { expect, test } from '@jest/globals';
import { noticesOf } from '../../bin/notices.ts';

const counts = { train: 200, heldOut: 50, trainDuplicates: 0, heldOutDuplicates: 0, alsoHeldOut: 0 };

test('prompts that were left out are told', () => {
  expect(noticesOf({ ...counts, trainDuplicates: 2, alsoHeldOut: 1 }, 50)).toEqual([
    '2 repeated prompts were left out of train.',
    '1 prompts were left out of train because held-out has them too.',
  ]);
});

test('held-out prompts too few for any promotion are told before the run begins', () => {
  expect(noticesOf(counts, 50)).toEqual([]);
  expect(noticesOf({ ...counts, heldOut: 49 }, 50)).toEqual([
    'Only 49 held-out prompts: no candidate is promoted on fewer than 50 (evaluation.minimumPrompts).',
  ]);
});
