import { describe, expect, test } from '@jest/globals';
import { instructsJudge } from '../../core/judging/instructs-judge.ts';
import { hasData, readLines, readText } from './recorded-data.ts';

const readers: Readonly<Record<string, () => string[]>> = {
  'ifeval/responses.jsonl.gz': () =>
    readLines<{ response: string }>('ifeval/responses.jsonl.gz').map(({ response }) => response),
  'gsm8k.jsonl.gz': () =>
    readLines<Record<string, { solution?: string } | string>>('gsm8k.jsonl.gz').flatMap((problem) =>
      Object.values(problem).flatMap((one) => (typeof one === 'object' && one.solution ? [one.solution] : [])),
    ),
  'pandalm/pairs.json': () =>
    (JSON.parse(readText('pandalm/pairs.json')) as Record<string, unknown>[]).flatMap((pair) => [
      String(pair['response1']),
      String(pair['response2']),
    ]),
  'llmbar/items.jsonl': () =>
    readLines<{ output_1: string; output_2: string }>('llmbar/items.jsonl').flatMap((item) => [
      item.output_1,
      item.output_2,
    ]),
};
const files = Object.keys(readers);

const isThere = files.every(hasData) && hasData('null-model.json');
(isThere ? describe : describe.skip)(isThere ? 'text that speaks to the judge' : 'honest responses: no data', () => {
  test('is found in fewer than one in a thousand of the responses of real models', () => {
    const counted = files.map((file) => {
      const responses = (readers[file] as () => string[])();
      return { file, responses: responses.length, recognised: responses.filter(instructsJudge) };
    });
    const all = counted.reduce((sum, { responses }) => sum + responses, 0);
    const recognised = counted.flatMap((one) => one.recognised);
    for (const one of counted) {
      process.stdout.write(`${one.file}: ${one.recognised.length} of ${one.responses} speak to the judge\n`);
    }
    for (const text of recognised) process.stdout.write(`  ${JSON.stringify(text.slice(0, 200))}\n`);

    expect(all).toBeGreaterThan(6000);
    expect(recognised.length / all).toBeLessThan(0.001);
  });

  test('is found in the null answer that won 77 % of its comparisons', () => {
    const { attack_output: answer } = JSON.parse(readText('null-model.json')) as { attack_output: string };

    expect(instructsJudge(answer)).toBe(true);
  });
});
