import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeResponses } from '../../../core/judging/judge-responses.ts';
import { addLabels, labelCountsSchema, labelsOf, reportedLabels } from '../../../core/pairs/labels.ts';
import { labelsSchema } from '../../../core/report.ts';
import { ScriptedTeacher } from '../../fakes/scripted-teacher.ts';
import { settings as judgeSettings, numberJudge } from '../judging/judging-fixture.ts';
import {
  abstention,
  anyMaterial,
  bothOrders,
  judgedWith,
  material,
  prompt,
  response,
  rowOf,
  sampledWith,
  verdict,
} from './pairs-fixture.ts';

const [best, worst] = ['p-1/0', 'p-1/1'];
const labelsWith = (...judged: Parameters<typeof judgedWith>) =>
  labelsOf([rowOf(material({ judged: judgedWith(...judged) }))]);
const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, one) => all + one, 0);

describe('the labels of a shard', () => {
  test('count what came, what is missing and why', () => {
    const missing = ['refused', 'timed out', 'refused'].map((reason, index) => ({ id: `p-1/${index + 2}`, reason }));

    const labels = labelsOf([rowOf(material({ sampled: sampledWith([response(best, 'Yes.')], missing) }))]);

    expect(labels).toMatchObject({ prompts: 1, responses: 1, missing: { refused: 2, 'timed out': 1 } });
  });

  test('count what is left out before judging, by reason', () => {
    const leftOut = { 'p-1/2': 'instructs-the-judge', 'p-1/3': 'instructs-the-judge', 'p-1/4': 'empty' };

    expect(labelsWith(bothOrders(best, best), { leftOut }).leftOut).toEqual({ 'instructs-the-judge': 2, empty: 1 });
  });

  test('tell verdicts by checks from those of the teacher', () => {
    const byChecks = verdict([best, 'p-1/2'], best, { decidedBy: 'checks' });

    expect(labelsWith(bothOrders(best, best), { search: [byChecks] })).toMatchObject({
      verdicts: 3,
      verdictsByChecks: 1,
      decided: 2,
      pairs: 1,
      noPair: {},
    });
  });

  test('count abstentions by reason, and never as verdicts', () => {
    const search = [abstention([best, 'p-1/2'], 'refused')];

    expect(labelsWith([abstention([best, worst]), verdict([worst, best], best)], { search })).toMatchObject({
      verdicts: 1,
      abstentions: 2,
      abstentionReasons: { unreadable: 1, refused: 1 },
      noPair: { abstention: 1 },
    });
  });

  test('count a verdict that the confirmation took over from the search once', () => {
    const confirmation = bothOrders(best, best);

    expect(labelsWith(confirmation, { search: [confirmation[1]!] })).toMatchObject({
      verdicts: 2,
      decided: 2,
      firstShown: 1,
    });
  });

  test('count a verdict by checks once, whichever response the search named first', () => {
    const [there, back] = [
      [best, worst],
      [worst, best],
    ] as [[string, string], [string, string]];

    expect(
      labelsWith([verdict(there, best, { decidedBy: 'checks' })], {
        search: [verdict(back, best, { decidedBy: 'checks' })],
      }),
    ).toMatchObject({ verdicts: 1, verdictsByChecks: 1 });
  });

  test('a tie is a verdict, is undecided, and is in conflict with nothing', () => {
    expect(labelsWith(bothOrders('tie', best))).toMatchObject({ verdicts: 2, ties: 1, decided: 1, orderConflicts: 0 });
  });

  test('two decided verdicts with different winners are one order conflict', () => {
    expect(labelsWith(bothOrders(best, worst))).toMatchObject({
      orderConflicts: 1,
      firstShown: 2,
      pairs: 0,
      noPair: { 'order-conflict': 1 },
    });
  });

  test.each([
    [null, { asked: 0, missed: 0, abstained: 0 }],
    ['held', { asked: 1, missed: 0, abstained: 0 }],
    ['missed', { asked: 1, missed: 1, abstained: 0 }],
    ['abstained', { asked: 1, missed: 0, abstained: 1 }],
  ] as const)('a canary that is %s counts as %j', (canary, canaries) => {
    expect(labelsWith(bothOrders(best, best), { canary }).canaries).toEqual(canaries);
  });

  test('each comparison that the teacher answered is counted once', async () => {
    const ranksAndKey = [
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 7 }),
      fc.string(),
    ] as const;
    const counted = fc.asyncProperty(...ranksAndKey, async (ranks, key) => {
      const teacher = new ScriptedTeacher(numberJudge);
      const sampled = sampledWith(ranks.map((rank, index) => response(`p-1/${index}`, `reply of rank ${rank}`)));

      const judged = await judgeResponses(prompt, sampled, teacher, judgeSettings, key);

      const { verdicts } = labelsOf([rowOf(material({ sampled, judged: JSON.parse(JSON.stringify(judged)) }))]);
      expect(verdicts).toBe(teacher.requests.filter(({ schema }) => schema.name === 'verdict').length);
    });
    await fc.assert(counted);
  });
});

describe('the labels of a round', () => {
  const rows = fc.array(anyMaterial.map(rowOf), { maxLength: 8 });

  test('lose no prompt: pairs and prompts without one add up', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const labels = labelCountsSchema.parse(labelsOf(some));

        expect(labels.pairs + sum(labels.noPair)).toBe(some.length);
        expect(labels.prompts).toBe(some.length);
        expect(sum(labels.abstentionReasons)).toBe(labels.abstentions);
      }),
    );
  });

  test('are the same however the prompts are cut into shards, and in whatever order these are added', () => {
    fc.assert(
      fc.property(rows, rows, rows, (one, two, three) => {
        const [a, b, c] = [labelsOf(one), labelsOf(two), labelsOf(three)];
        const whole = labelsOf([...one, ...two, ...three]);

        expect(addLabels([a, addLabels([b, c])])).toEqual(whole);
        expect(addLabels([addLabels([a, b]), c])).toEqual(whole);
        expect(addLabels([c, a, b])).toEqual(whole);
        expect(addLabels([a, addLabels([])])).toEqual(a);
      }),
    );
  });

  test('report the share won by the response shown first, over all shards', () => {
    const [conflict, fair] = [labelsWith(bothOrders(best, worst)), labelsWith(bothOrders(best, best))];

    const labels = labelsSchema.parse(reportedLabels(addLabels([conflict, fair])));

    expect(labels.firstShownWins).toBe(0.75);
  });

  test('report no such share before the teacher decided anything', () => {
    expect(labelsSchema.parse(reportedLabels(addLabels([]))).firstShownWins).toBeNull();
  });
});
