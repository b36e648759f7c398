import { afterAll, expect, test } from '@jest/globals';
import type { ChoiceFault, Planted, VerdictFault, WireFault } from '../endpoint-simulator/simulator-options.ts';
import { runUnder, type World } from './faulty-run.ts';
import { expectSound, note, printTable } from './outcome-table.ts';

afterAll(printTable);

const share = 0.02;
const wire: readonly Planted<WireFault>[] = [
  { fault: 'too-many-requests', retryAfter: 'seconds', share },
  { fault: 'too-many-requests', retryAfter: 'date', share },
  { fault: 'too-many-requests', retryAfter: 'milliseconds', share },
  { fault: 'too-many-requests', retryAfter: 'none', share },
  { fault: 'server-error', status: 500, share },
  { fault: 'server-error', status: 502, share },
  { fault: 'server-error', status: 503, share },
  { fault: 'server-error', status: 529, share },
  { fault: 'hang', share },
  { fault: 'slow-drip', bytes: 8, everyMilliseconds: 50, share },
  { fault: 'reset', share },
  { fault: 'truncated-json', share },
  { fault: 'html', share },
  { fault: 'text-plain', share },
  { fault: 'empty-choices', share },
  { fault: 'other-model', share },
  { fault: 'no-usage', share },
  { fault: 'huge-body', megabytes: 10, share: 0.005 },
];
const choices = (['cut-off', 'refusal', 'fewer-choices', 'duplicate-choices', 'instruction'] as const).map(
  (fault): Planted<ChoiceFault> => ({ fault, share: 0.05 }),
);
const verdicts = (
  [
    'malformed',
    'prose',
    'other-order',
    'unknown-id',
    'ten',
    'ten-of-ten',
    'one-of-ten',
    'tie',
    'first-slot',
    'contradictory',
  ] as const
).map((fault): Planted<VerdictFault> => ({ fault, share: 0.03 }));

/** The last number is the least of pairs from 40 prompts. */
test.each<[string, World, number]>([
  ['all faults of the wire', { wire, timeoutSeconds: 0.5 }, 30],
  ['all faults of responses and verdicts', { choices, verdicts }, 10],
  ['everything at once', { wire, choices, verdicts, clockSkewSeconds: 7200, timeoutSeconds: 0.5 }, 7],
])('%s: no label is wrong, nothing is lost', async (name, world, least) => {
  const run = await runUnder({ prompts: 40, ...world });
  note(name, run);

  expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
  expectSound(run);
  expect(run.truth.pairs.length).toBeGreaterThanOrEqual(least);
});
