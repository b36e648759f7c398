import { expect } from '@jest/globals';
import { type FaultyRun, RESPONSES } from './faulty-run.ts';
import { learnable, type Truth } from './truth.ts';

const rows: string[][] = [];

/**
 * What holds under every fault: no label is wrong, none chooses what is cut off, nothing is mixed up, every prompt and
 * every response is in a count with its reason, no call that was answered in full was made again, and every one of them is
 * in the bill.
 */
export function expectSound(run: FaultyRun): void {
  const { truth, counts, mayBeLate } = run;
  expectNothingWrong(run);
  if (mayBeLate) return;
  expect(counts.repeated).toBe(0);
  expect(billed(truth)).toBeGreaterThanOrEqual(counts.answered);
  expect(billed(truth)).toBeLessThanOrEqual(counts.requests);
}

/** The same but for the bill. */
export function expectNothingWrong(run: FaultyRun): void {
  const { truth, staged } = run;
  expect(truth.wrong).toEqual([]);
  expect(truth.chosenCutOff).toEqual([]);
  expect(truth.mixedUp).toEqual([]);
  expectNothingLost(run);
  expect(truth.prompts).toBe(staged);
}

function expectNothingLost({ truth }: FaultyRun): void {
  const { sampled, judged, pairs, labels, prompts } = truth;
  expect(new Set(sampled.map(({ prompt }) => prompt)).size).toBe(prompts);
  expect(new Set(judged.map(({ prompt }) => prompt)).size).toBe(prompts);
  for (const { responses, missing } of sampled) {
    expect(new Set([...responses, ...missing].map(({ id }) => id)).size).toBe(RESPONSES);
  }
  expect(labels.prompts).toBe(prompts);
  expect(labels.pairs).toBe(pairs.length);
  expect(labels.pairs + total(labels.noPair)).toBe(prompts);
  expect(labels.responses + total(labels.missing)).toBe(RESPONSES * prompts);
  const judgedResponses = judged.flatMap((row) => row.judged).length;
  expect(judgedResponses + total(labels.leftOut)).toBe(labels.responses);
}

/** One line of the table. */
export function note(fault: string, { end, truth, counts, seconds }: FaultyRun): void {
  const { labels } = truth;
  rows.push([
    fault,
    end.kind === 'ended' ? end.ending : end.kind === 'failed' ? end.error : end.kind,
    String(truth.prompts),
    String(learnable(truth)),
    String(truth.pairs.length),
    String(truth.wrong.length),
    String(labels.abstentions),
    String(labels.orderConflicts),
    String(counts.requests),
    String(counts.answered),
    String(billed(truth)),
    seconds.toFixed(1),
  ]);
}

const heads = [
  'fault',
  'ending',
  'prompts',
  'learnable',
  'pairs',
  'wrong',
  'abstentions',
  'conflicts',
  'requests',
  'answered',
  'billed',
  'seconds',
];

/** The yield of each run, for whoever reads the log. */
export function printTable(): void {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [heads, ...rows].map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

/** Calls in the usage of the rows. */
export function billed({ sampled, judged }: Truth): number {
  return [...sampled, ...judged].reduce((sum, { usage }) => sum + usage.calls, 0);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
