import { afterEach, describe, expect, test } from '@jest/globals';
import { instructsJudge } from '../../core/judging/instructs-judge.ts';
import { readComparison, readCritiques } from '../../core/judging/read-answer.ts';
import { instructions, unknownInstruction } from './planted-instructions.ts';
import { qualityOf } from './planted-responses.ts';
import { critiqueOf } from './planted-verdicts.ts';
import {
  closeSimulators,
  comparing,
  criticising,
  openSimulator,
  post,
  prompts,
  sampled,
  textsOf,
} from './simulator-fixture.ts';
import type { ChoiceFault, Planted, VerdictFault } from './simulator-options.ts';

afterEach(closeSimulators);

describe('a fault of a choice', () => {
  const underFault = async (fault: ChoiceFault['fault'], share = 1) =>
    sampled(await openSimulator({ choices: [{ fault, share }] }), 0);

  test('cut off: half of the text, and it says so', async () => {
    const whole = textsOf(await sampled(await openSimulator(), 0));
    const { choices } = await underFault('cut-off');

    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual(Array(4).fill('length'));
    for (const [index, { message }] of choices.entries()) {
      expect(whole[index]?.startsWith(message.content ?? 'nothing')).toBe(true);
      expect(message.content?.length).toBe(Math.floor((whole[index]?.length ?? 0) / 2));
    }
  });

  test('refusal: words in refusal, none in content', async () => {
    const { choices } = await underFault('refusal');

    expect(choices.map(({ message }) => message.content)).toEqual([null, null, null, null]);
    expect(choices.every(({ message }) => message.refusal)).toBe(true);
  });

  test('fewer choices than asked for', async () => {
    expect((await underFault('fewer-choices')).choices).toHaveLength(2);
  });

  test('duplicate choices', async () => {
    expect(new Set(textsOf(await underFault('duplicate-choices'))).size).toBe(1);
  });

  test('an instruction to the judge leaves the quality as it is', async () => {
    const whole = textsOf(await sampled(await openSimulator(), 0));
    const texts = textsOf(await underFault('instruction'));

    for (const [index, text] of texts.entries()) {
      expect(text.startsWith(`${whole[index]} `)).toBe(true);
      expect(instructions).toContain(text.slice(`${whole[index]} `.length));
    }
    expect(texts.map(qualityOf)).toEqual(whole.map(qualityOf));
  });

  test('an instruction is one that the product knows, or the one that it does not', async () => {
    const whole = textsOf(await sampled(await openSimulator(), 0));
    const unknown = textsOf(await underFault('unknown-instruction'));

    expect(instructions.filter((one) => !instructsJudge(`${whole[0]} ${one}`))).toEqual([]);
    expect(unknown).toEqual(whole.map((text) => `${text} ${unknownInstruction}`));
    expect([...whole, ...unknown].filter(instructsJudge)).toEqual([]);
  });

  test('strikes its share, and the same call again', async () => {
    const simulator = await openSimulator({ choices: [{ fault: 'refusal', share: 0.3 }] });
    const refusals = async () => {
      const completions = await Promise.all(prompts.slice(0, 100).map((_, index) => sampled(simulator, index)));
      return completions.flatMap(({ choices }) => choices.map(({ message }) => message.refusal !== null));
    };
    const first = await refusals();

    expect(await refusals()).toEqual(first);
    // 400 draws at 0.3: 120 expected, 37 is 4 standard deviations.
    expect(Math.abs(first.filter(Boolean).length - 120)).toBeLessThan(37);
  });
});

const better = { id: 'better', text: 'It costs 42 euros. It weighs 3 kilos. It will surely last.' };
const worse = { id: 'worse', text: 'It costs 42 euros. One person can carry it. It will surely last.' };

async function said(planted: readonly Planted<VerdictFault>[], shown: Parameters<typeof comparing>[0]) {
  const { question, call } = comparing(shown);
  const [text = ''] = textsOf(JSON.parse((await post(await openSimulator({ verdicts: planted }), call)).body));
  const tokens = { promptTokens: 1, completionTokens: 1 };
  const comparison = readComparison({ text, finish: 'stop', tokens, calls: 1 }, question);
  return { text, outcome: comparison.kind === 'verdict' ? comparison.winner : comparison.reason };
}

const always = (fault: VerdictFault['fault']) => [{ fault, share: 1 }];

describe('a fault of form', () => {
  const [label = '', other = ''] = [...comparing([better, worse]).question.labels.keys()];

  test.each<[VerdictFault['fault'], string]>([
    ['malformed', `{"winner":"${label}`],
    ['prose', `At first I thought {"winner":"${other}"}, but it is {"winner":"${label}"}.`],
    ['other-order', `{"${other}":1,"${label}":2}`],
    ['unknown-id', '{"winner":"Q"}'],
    ['ten', '10'],
    ['ten-of-ten', '10/10'],
    ['one-of-ten', 'Rating: 1 out of 10'],
  ])('%s', async (fault, text) => {
    expect((await said(always(fault), [better, worse])).text).toBe(text);
  });

  test('critiques in another order still go by their labels', async () => {
    const { question, call } = criticising([better, worse]);
    const simulator = await openSimulator({ verdicts: always('other-order') });
    const [text = ''] = textsOf(JSON.parse((await post(simulator, call)).body));
    const answer = { text, finish: 'stop', tokens: { promptTokens: 1, completionTokens: 1 }, calls: 1 } as const;

    expect(Object.keys(JSON.parse(text))).toEqual([...question.labels.keys()].reverse());
    expect(readCritiques(answer, question)?.get('better')).toBe(critiqueOf(better.text));
  });
});

describe('a fault of judgement', () => {
  const bothOrders = async (planted: readonly Planted<VerdictFault>[], first = better, second = worse) => [
    (await said(planted, [first, second])).outcome,
    (await said(planted, [second, first])).outcome,
  ];

  test('tie', async () => {
    expect(await bothOrders(always('tie'))).toEqual(['tie', 'tie']);
  });

  test('first slot: each order names what it shows first', async () => {
    expect(await bothOrders(always('first-slot'))).toEqual(['better', 'worse']);
  });

  test('contradictory: the two orders name different winners', async () => {
    expect(new Set(await bothOrders(always('contradictory')))).toEqual(new Set(['better', 'worse']));
  });

  test('turned: both orders name the worse, and a tie stays one', async () => {
    expect(await bothOrders(always('turned'))).toEqual(['worse', 'worse']);
    expect(await bothOrders(always('turned'), better, { id: 'equal', text: `Well. ${better.text}` })).toEqual(
      Array(2).fill('tie'),
    );
  });

  test.each([...instructions, unknownInstruction])(
    'obeys: whoever instructs the judge wins; where nobody does, the better: %s',
    async (instruction) => {
      const instructing = { id: 'instructing', text: `${worse.text} ${instruction}` };

      expect(await bothOrders(always('obeys'), better, instructing)).toEqual(['instructing', 'instructing']);
      expect(await bothOrders(always('obeys'))).toEqual(['better', 'better']);
    },
  );

  test('is drawn for each order by itself; only a turned verdict can be wrong in both', async () => {
    const struckOrders = async (fault: VerdictFault['fault']) => {
      const simulator = await openSimulator({ verdicts: [{ fault, share: 0.3 }] });
      const verdicts = Array.from({ length: 100 }, async (_, index) => {
        const first = { ...better, text: `Case ${index}. ${better.text}` };
        const orders = [comparing([first, worse]), comparing([worse, first])];
        const winners = await Promise.all(
          orders.map(async ({ question, call }) => {
            const [text = ''] = textsOf(JSON.parse((await post(simulator, call)).body));
            return question.labels.get(JSON.parse(text).winner);
          }),
        );
        return winners.filter((winner) => winner === 'worse').length;
      });
      return Promise.all(verdicts);
    };

    const turned = await struckOrders('turned');
    expect(new Set(turned)).toEqual(new Set([0, 1, 2]));
    const contradictory = await struckOrders('contradictory');
    expect(new Set(contradictory)).toEqual(new Set([0, 1]));
  });
});
