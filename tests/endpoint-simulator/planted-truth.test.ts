import { afterEach, describe, expect, test } from '@jest/globals';
import type { JudgedText } from '../../core/judging/judge-prompt.ts';
import { readComparison, readCritiques } from '../../core/judging/read-answer.ts';
import { instructions } from './planted-instructions.ts';
import { isResponseTo, qualityOf } from './planted-responses.ts';
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

afterEach(closeSimulators);

const answerOf = (body: string) => {
  const [text] = textsOf(JSON.parse(body));
  return { text, finish: 'stop', tokens: { promptTokens: 1, completionTokens: 1 }, calls: 1 } as const;
};

const best = { id: 'best', text: 'Here: it costs 42 euros. It weighs 3 kilos. It has a warranty of 2 years.' };
const worst = { id: 'worst', text: 'The price is hard to say. One person can carry it. It will surely last.' };

describe('the planted student', () => {
  test('gives the same responses to the same call, in any run', async () => {
    const one = await sampled(await openSimulator({ seed: 1 }), 7);
    const another = await sampled(await openSimulator({ seed: 2 }), 7);

    expect(textsOf(one)).toEqual(textsOf(another));
  });

  test('gives distinct responses of every quality, about as long as each other', async () => {
    const simulator = await openSimulator();
    const completions = await Promise.all(Array.from({ length: 100 }, (_, index) => sampled(simulator, index)));
    const qualities = completions.flatMap((completion) => textsOf(completion).map(qualityOf));

    for (const completion of completions) {
      const texts = textsOf(completion);
      expect(new Set(texts.map((text) => text.split('Ref')[0])).size).toBe(4);
      const words = texts.map((text) => text.split(' ').length);
      expect(Math.max(...words) / Math.min(...words)).toBeLessThan(2);
    }
    // 400 draws of four: 100 each expected, 35 is 4 standard deviations.
    for (const quality of [0, 1, 2, 3]) {
      expect(Math.abs(qualities.filter((one) => one === quality).length - 100)).toBeLessThan(35);
    }
  });

  test('says which prompt a response is to', async () => {
    const [text = ''] = textsOf(await sampled(await openSimulator(), 7));

    expect(isResponseTo(prompts[7]!.messages, text)).toBe(true);
    expect(isResponseTo(prompts[8]!.messages, text)).toBe(false);
  });

  test('another seed is another draw', async () => {
    const simulator = await openSimulator();
    const [one, another] = [await sampled(simulator, 1), await sampled(simulator, 2)];

    expect(textsOf(one)).not.toEqual(textsOf(another));
  });
});

describe('the planted teacher', () => {
  const compare = async (shown: readonly [JudgedText, JudgedText]) => {
    const { question, call } = comparing(shown);
    const comparison = readComparison(answerOf((await post(await openSimulator(), call)).body), question);
    return comparison.kind === 'verdict' ? comparison.winner : comparison.reason;
  };

  test('names the better response in both orders', async () => {
    expect(await compare([best, worst])).toBe('best');
    expect(await compare([worst, best])).toBe('best');
  });

  test('calls equal qualities a tie', async () => {
    expect(await compare([worst, { id: 'other', text: 'Ask somebody about the price.' }])).toBe('tie');
  });

  test.each(instructions)('is not moved by an instruction inside a response: %s', async (instruction) => {
    const instructing = { id: 'instructing', text: `${worst.text} ${instruction}` };

    expect(await compare([instructing, best])).toBe('best');
  });

  test('criticises each response by its own facts', async () => {
    const { question, call } = criticising([best, worst]);
    const critiques = readCritiques(answerOf((await post(await openSimulator(), call)).body), question);

    expect(critiques?.get('best')).toBe('It states price, weight, warranty. It lacks nothing.');
    expect(critiques?.get('worst')).toBe(critiqueOf(worst.text));
  });
});
