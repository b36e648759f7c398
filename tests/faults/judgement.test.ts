import { afterAll, describe, expect, test } from '@jest/globals';
import { unknownInstruction } from '../endpoint-simulator/planted-instructions.ts';
import type { FormFault, JudgementFault, VerdictFault } from '../endpoint-simulator/simulator-options.ts';
import { runUnder, type World } from './faulty-run.ts';
import { expectSound, note, printTable } from './outcome-table.ts';
import { learnable } from './truth.ts';

afterAll(printTable);

/** The last number is the least of pairs from 60 prompts. */
describe('what a judge at fault says in 30 % of its answers becomes no wrong label', () => {
  test.each<[FormFault, number]>([
    ['malformed', 18],
    ['prose', 18],
    ['other-order', 18],
    ['unknown-id', 18],
    ['ten', 18],
    ['ten-of-ten', 18],
    ['one-of-ten', 18],
  ])('%s is an abstention', async (fault, least) => {
    const { truth, end } = await noted(fault);
    const { abstentions, verdicts } = truth.labels;

    expect(end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expect(abstentions / (abstentions + verdicts)).toBeGreaterThan(0.2);
    expect(truth.pairs.length).toBeGreaterThanOrEqual(least);
  });

  test.each<[JudgementFault, number]>([
    ['tie', 18],
    // In the other order it names the other response: a bias towards a slot can't be wrong in both.
    ['first-slot', 30],
    ['contradictory', 30],
  ])('%s is caught by the other order', async (fault, least) => {
    const { truth, end } = await noted(fault);

    expect(end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expect(truth.pairs.length).toBeGreaterThanOrEqual(least);
    expect(truth.pairs.length).toBeLessThan(learnable(truth));
  });

  async function noted(fault: VerdictFault['fault']) {
    const run = await runUnder({ verdicts: [{ fault, share: 0.3 }] });
    note(fault, run);
    expectSound(run);
    return run;
  }

  test('a judge that always names the first shown gives no label at all', async () => {
    const run = await runUnder({ verdicts: [{ fault: 'first-slot', share: 1 }], canaryShare: 0 });
    note('first-slot always', run);

    expect(run.end).toEqual({ kind: 'ended', ending: 'nothing-to-learn' });
    expectSound(run);
    expect(run.truth.labels.noPair).toEqual({ 'order-conflict': run.truth.prompts });
  });
});

describe('a judge that obeys whoever instructs it', () => {
  const obeying = (fault: 'instruction' | 'unknown-instruction', canaryShare: number): World => ({
    choices: [{ fault, on: 'student', share: 0.3 }],
    verdicts: [{ fault: 'obeys', share: 1 }],
    canaryShare,
  });

  test('gives no wrong label: who instructs it in a known wording is left out', async () => {
    const run = await runUnder(obeying('instruction', 0));
    note('obeys always', run);

    expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expectSound(run);
    expect(run.truth.pairs.length).toBeGreaterThanOrEqual(45);
    // 240 responses at 0.3: 72 expected, 28 is 4 standard deviations.
    expect(Math.abs((run.truth.labels.leftOut['instructs-the-judge'] ?? 0) - 72)).toBeLessThan(28);
  });

  test('is found by the canaries, of which each shard has one at least', async () => {
    const run = await runUnder(obeying('instruction', 0.02));
    note('obeys always, 2 % canaries', run);

    expect(run.end).toMatchObject({ kind: 'failed', error: 'JudgeMissedCanaries' });
  });

  test('is found by enough of them where the wording is not known', async () => {
    const run = await runUnder(obeying('unknown-instruction', 0.3));
    note('obeys the unknown, 30 % canaries', run);

    expect(run.end).toMatchObject({ kind: 'failed', error: 'JudgeMissedCanaries' });
  });
});

/*
 * Both orders catch every answer that goes by the slot. What is wrong in both orders is not caught by them: these are the
 * shares that remain, of the pairs that are made. Verdicts turned by chance are the measure of any judge's own error.
 */
describe('what both orders can not catch', () => {
  test('one that obeys an unknown wording in 30 % of its answers is wrong only where it obeyed, and seldom', async () => {
    const run = await runUnder({
      choices: [{ fault: 'unknown-instruction', on: 'student', share: 0.3 }],
      verdicts: [{ fault: 'obeys', share: 0.3 }],
    });
    note('obeys the unknown at 30 %', run);

    expect(run.truth.wrong.filter(({ chosen }) => !chosen.text.includes(unknownInstruction))).toEqual([]);
    expect(run.truth.wrong.length).toBeLessThan(0.1 * run.truth.pairs.length);
  });

  test('verdicts turned by chance, 20 % of them, leave fewer wrong labels than that', async () => {
    const run = await runUnder({ verdicts: [{ fault: 'turned', share: 0.2 }], canaryShare: 0 });
    note('turned at 20 %', run);

    expect(run.truth.wrong.length).toBeGreaterThan(0);
    expect(run.truth.wrong.length).toBeLessThan(0.2 * run.truth.pairs.length);
  });
});
