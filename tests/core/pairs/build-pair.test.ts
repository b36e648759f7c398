import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeResponses } from '../../../core/judging/judge-responses.ts';
import { buildPair, noPairReasonSchema } from '../../../core/pairs/build-pair.ts';
import { preferencePairSchema } from '../../../core/pairs/preference-pair.ts';
import type { TeacherRequest } from '../../../core/ports.ts';
import { randomFor, shuffled } from '../../../core/random.ts';
import { type AskTurn, ScriptedTeacher } from '../../fakes/scripted-teacher.ts';
import { settings as judgeSettings, numberJudge, shownIn } from '../judging/judging-fixture.ts';
import {
  abstention,
  anyMaterial,
  bothOrders,
  judgedWith,
  material,
  prompt,
  provenance,
  response,
  sampledWith,
  settings,
  verdict,
} from './pairs-fixture.ts';

const [best, worst] = ['p-1/0', 'p-1/1'];
const noPair = (reason: string) => ({ kind: 'no-pair', prompt: 'p-1', reason });
const judgedAs = (...confirmation: Parameters<typeof judgedWith>[0]) => material({ judged: judgedWith(confirmation) });
const withTexts = (chosen: string, rejected: string, more: Partial<typeof settings> = {}) =>
  material({
    sampled: sampledWith([response(best, chosen), response(worst, rejected)]),
    settings: { ...settings, ...more },
  });

describe('a pair', () => {
  test('holds the whole prompt, both texts by id, and where it comes from', () => {
    const built = buildPair(material());

    expect(built).toEqual({
      kind: 'pair',
      pair: {
        prompt,
        chosen: { id: best, text: 'It is on its way.' },
        rejected: { id: worst, text: 'That is your own fault.' },
        margin: 1,
        decidedBy: 'teacher',
        critiques: null,
        provenance,
      },
    });
  });

  test('takes each critique by its response', () => {
    const critiques = { [worst]: 'Rude.', [best]: 'Helps.' };

    const built = buildPair(material({ judged: judgedWith(bothOrders(best, best), { critiques }) }));

    expect(built).toMatchObject({ pair: { critiques: { chosen: 'Helps.', rejected: 'Rude.' } } });
  });

  test('follows the confirming verdicts against the search', () => {
    const critiques = { [best]: 'Helps.' };

    const built = buildPair(material({ judged: judgedWith(bothOrders(worst, worst), { critiques }) }));

    expect(built).toMatchObject({ pair: { chosen: { id: worst }, rejected: { id: best }, critiques: null } });
  });

  test('by checks is sure, and needs one verdict', () => {
    const built = buildPair(judgedAs(verdict([best, worst], best, { decidedBy: 'checks' })));

    expect(built).toMatchObject({ pair: { decidedBy: 'checks', margin: 1 } });
  });

  test('has as margin the mean probability of its verdicts, stretched from 0.5–1 to 0–1', () => {
    const [first, second] = [{ probability: 0.9 }, { probability: 1 }];

    const built = buildPair(judgedAs(verdict([best, worst], best, first), verdict([worst, best], best, second)));

    expect(built).toMatchObject({ pair: { margin: expect.closeTo(0.9) } });
  });
});

describe('the label faults of other systems', () => {
  test.each([
    ['both orders', 'tie', 'tie'],
    ['one order', 'tie', best],
    ['the other order', worst, 'tie'],
  ])('a tie in %s makes no pair, least of all of a response with itself', (_, first, second) => {
    expect(buildPair(judgedAs(...bothOrders(first, second)))).toEqual(noPair('tie'));
  });

  test('an unreadable answer is no rank, whatever the other order says', () => {
    const [readable] = bothOrders(best, best);

    expect(buildPair(judgedAs(readable!, abstention([worst, best])))).toEqual(noPair('abstention'));
    expect(buildPair(judgedAs(abstention([best, worst]), abstention([worst, best])))).toEqual(noPair('abstention'));
  });

  test('orders that contradict each other make no pair', () => {
    expect(buildPair(judgedAs(...bothOrders(best, worst)))).toEqual(noPair('order-conflict'));
  });

  test('the verdict decides: other winners give the other pair', () => {
    const labels = [best, worst].map((winner) => buildPair(judgedAs(...bothOrders(winner, winner))));

    expect(labels).toMatchObject([
      { pair: { chosen: { id: best }, rejected: { id: worst } } },
      { pair: { chosen: { id: worst }, rejected: { id: best } } },
    ]);
  });

  test('the order in which responses stand in the file means nothing', () => {
    fc.assert(
      fc.property(anyMaterial, fc.integer(), (one, seed) => {
        const responses = shuffled(one.sampled.responses, randomFor(seed));

        expect(buildPair({ ...one, sampled: { ...one.sampled, responses } })).toEqual(buildPair(one));
      }),
    );
  });

  test('a verdict about responses that were not sampled labels nothing', () => {
    const strange = verdict(['p-2/0', 'p-2/1'], 'p-2/0');

    expect(buildPair(judgedAs(strange, strange))).toEqual(noPair('unknown-response'));
    expect(buildPair(material({ sampled: sampledWith([response(best, 'Alone.')]) }))).toEqual(
      noPair('unknown-response'),
    );
  });

  test('a missing probability is none: it is neither 0.5 nor low', () => {
    const built = buildPair(
      judgedAs(verdict([best, worst], best, { probability: 0.95 }), verdict([worst, best], best)),
    );

    expect(built).toMatchObject({ kind: 'pair', pair: { margin: expect.closeTo(0.9) } });
  });

  test('texts that the trainer cuts to the same make no pair', () => {
    const [chosen, rejected] = ['Your kettle will come today.', 'Your kettle will never come.'];
    const start = 'Your kettle will '.length;

    expect(buildPair(withTexts(chosen, rejected, { maximumTokens: start }))).toEqual(noPair('same-before-token-limit'));
    expect(buildPair(withTexts(chosen, rejected, { maximumTokens: start + 1 }))).toMatchObject({ kind: 'pair' });
  });

  test('before the limit a letter may be several tokens', () => {
    const [chosen, rejected] = ['你好一', '你好二'];

    expect(buildPair(withTexts(chosen, rejected, { maximumTokens: 6 }))).toEqual(noPair('same-before-token-limit'));
    expect(buildPair(withTexts(chosen, rejected, { maximumTokens: 9 }))).toMatchObject({ kind: 'pair' });
  });
});

describe('no pair', () => {
  test('of fewer than two responses to judge', () => {
    const judged = judgedWith([], { extremes: null });

    expect(buildPair(material({ judged }))).toEqual(noPair('fewer-than-two-responses'));
  });

  test('when one of the two verdicts is less probable than asked for', () => {
    const unsure = [
      verdict([best, worst], best, { probability: 1 }),
      verdict([worst, best], best, { probability: 0.89 }),
    ];

    expect(buildPair(judgedAs(...unsure))).toEqual(noPair('low-probability'));
  });

  test('when the teacher preferred planted nonsense on this prompt; code is not in doubt for it', () => {
    const byTeacher = judgedWith(bothOrders(best, best), { canary: 'missed' });
    const byChecks = judgedWith([verdict([best, worst], best, { decidedBy: 'checks' })], { canary: 'missed' });

    expect(buildPair(material({ judged: byTeacher }))).toEqual(noPair('canary-missed'));
    expect(buildPair(material({ judged: byChecks }))).toMatchObject({ kind: 'pair' });
  });

  test('when the better response is cut off, by checks too; a rejected one may be', () => {
    const cut = { finish: 'length' } as const;
    const both = (chosen: object, rejected: object) =>
      sampledWith([response(best, 'It is on', chosen), response(worst, 'It is not', rejected)]);

    expect(buildPair(material({ sampled: both(cut, {}) }))).toEqual(noPair('chosen-cut-off'));
    expect(buildPair(material({ sampled: both({}, cut) }))).toMatchObject({ kind: 'pair' });
    const byChecks = judgedWith([verdict([best, worst], best, { decidedBy: 'checks' })]);
    expect(buildPair(material({ sampled: both(cut, {}), judged: byChecks }))).toEqual(noPair('chosen-cut-off'));
  });

  test('of texts that differ in case and white space around only', () => {
    expect(buildPair(withTexts(' It is here.\n', 'IT IS HERE.'))).toEqual(noPair('same-text'));
  });

  test.each([
    ['one two three four five', 'one two'],
    ['one two', 'one two three four five'],
    ['one two three', '…'],
  ])('of texts more than twice as long as each other: %j, %j', (chosen, rejected) => {
    expect(buildPair(withTexts(chosen, rejected))).toEqual(noPair('length-ratio'));
  });

  test('is not the answer to exactly twice as long', () => {
    expect(buildPair(withTexts('one two three four', 'five six'))).toMatchObject({ kind: 'pair' });
  });
});

describe('whatever was sampled and said', () => {
  test('a prompt gives a sound pair or a named reason', () => {
    fc.assert(
      fc.property(anyMaterial, (one) => {
        const built = buildPair(one);

        if (built.kind === 'no-pair') return void expect(noPairReasonSchema.options).toContain(built.reason);
        const { chosen, rejected } = preferencePairSchema.parse(built.pair);
        expect(chosen.id).not.toBe(rejected.id);
        expect(chosen.text.trim().toLowerCase()).not.toBe(rejected.text.trim().toLowerCase());
        const winners = one.judged.confirmation.map((said) => said.kind === 'verdict' && said.winner);
        expect(new Set(winners)).toEqual(new Set([chosen.id]));
      }),
    );
  });

  test('other ids of the responses give the same pair with those ids', () => {
    const renamed = { 'p-1/0': 'p-1/c', 'p-1/1': 'p-1/a', 'p-1/2': 'p-1/d', 'p-1/3': 'p-1/b' };
    const rename = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value).replaceAll(/p-1\/[0-3]/g, (id) => renamed[id as keyof typeof renamed])) as T;
    fc.assert(fc.property(anyMaterial, (one) => expect(buildPair(rename(one))).toEqual(rename(buildPair(one)))));
  });
});

describe('through the judging, with a planted truth', () => {
  const build = async (ranks: readonly number[], turn: (request: TeacherRequest) => AskTurn, key: string) => {
    const sampled = sampledWith(ranks.map((rank, index) => response(`p-1/${index}`, `reply of rank ${rank}`)));
    const judged = await judgeResponses(prompt, sampled, new ScriptedTeacher(turn), judgeSettings, key);
    return buildPair(material({ sampled, judged }));
  };
  const ranksAndKey = [fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 6 }), fc.string()] as const;
  const rankOf = ({ text }: { text: string }) => Number(text.split(' ').at(-1));

  test('the chosen outranks the rejected, and only equals give no pair', async () => {
    const outcome = fc.asyncProperty(...ranksAndKey, async (ranks, key) => {
      const built = await build(ranks, numberJudge, key);

      if (new Set(ranks).size === 1) return void expect(built).toEqual(noPair('fewer-than-two-responses'));
      expect(built).toMatchObject({ kind: 'pair' });
      if (built.kind !== 'pair') return;
      expect(rankOf(built.pair.chosen)).toBe(Math.max(...ranks));
      expect(rankOf(built.pair.rejected)).toBe(Math.min(...ranks));
    });
    await fc.assert(outcome);
  });

  test.each([
    [
      'always names the one shown first',
      ({ messages }: TeacherRequest) => ({ json: { winner: shownIn(messages)[0]!.label } }),
      'order-conflict',
    ],
    ['answers 10', () => '10', 'abstention'],
    ['always ties', () => ({ json: { winner: 'tie' } }), 'tie'],
  ])('a teacher that %s labels nothing', async (_, turn, reason) => {
    await fc.assert(
      fc.asyncProperty(ranksAndKey[1], async (key) => {
        expect(await build([1, 2, 3, 4], turn, key)).toEqual(noPair(reason));
      }),
    );
  });
});
