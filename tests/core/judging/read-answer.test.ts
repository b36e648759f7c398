import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparisonQuestion, critiqueQuestion, type JudgedText } from '../../../core/judging/judge-prompt.ts';
import { readComparison, readCritiques } from '../../../core/judging/read-answer.ts';
import { answerOf, prompt, settings } from './judging-fixture.ts';

const shown: readonly [JudgedText, JudgedText] = [
  { id: 'p-1/0', text: 'a' },
  { id: 'p-1/1', text: 'b' },
];
const question = comparisonQuestion(prompt, settings.rubric, shown, 'key');
const [first, second] = [...question.labels.keys()] as [string, string];
const read = (text: string | undefined, more = {}) => readComparison(answerOf(text, more), question);

describe('what is a verdict', () => {
  test.each([
    ['the first shown', `{"winner": "${first}"}`, 'p-1/0'],
    ['the second shown', `{"winner":"${second}"}`, 'p-1/1'],
    ['a tie', '{"winner": "tie"}', 'tie'],
    ['a tie in capitals', '{"winner": "TIE"}', 'tie'],
    ['with space around', `\n {\n"winner" : "${first}"\n} \n`, 'p-1/0'],
    ['alone in one code fence', `\`\`\`json\n{"winner": "${second}"}\n\`\`\``, 'p-1/1'],
  ])('%s', (_, text, winner) => {
    expect(read(text)).toEqual({ kind: 'verdict', compared: ['p-1/0', 'p-1/1'], winner, decidedBy: 'teacher' });
  });
});

describe('what is an abstention', () => {
  const winner = (label: string) => `{"winner": "${label}"}`;
  test.each([
    ['a number', '10', 'unreadable'],
    ['a number of ten', '10/10', 'unreadable'],
    ['a rating in words', 'Rating: 1 out of 10', 'unreadable'],
    ['scores in another order', `{"${second}": 9, "${first}": 3}`, 'unreadable'],
    ['a label alone', first, 'unreadable'],
    ['a label as a JSON string', `"${first}"`, 'unreadable'],
    ['both labels', `${second}, ${first}`, 'unreadable'],
    ['a list of winners', `{"winner": ["${first}", "${second}"]}`, 'unreadable'],
    ['null', '{"winner": null}', 'unreadable'],
    ['two JSON objects', `${winner(first)}\n${winner(second)}`, 'unreadable'],
    ['a list of objects', `[${winner(first)}]`, 'unreadable'],
    ['a key twice', `{"winner": "${first}", "winner": "${second}"}`, 'unreadable'],
    ['the same key twice, once escaped', `{"winner": "${first}", "\\u0077inner": "${second}"}`, 'unreadable'],
    ['another key beside it', `{"winner": "${first}", "loser": "${first}"}`, 'unreadable'],
    ['the key in capitals', `{"Winner": "${first}"}`, 'unreadable'],
    ['prose before', `The verdict: ${winner(first)}`, 'unreadable'],
    ['prose after', `${winner(first)} because it helps.`, 'unreadable'],
    ['prose after a code fence', `\`\`\`json\n${winner(first)}\n\`\`\`\nIt helps.`, 'unreadable'],
    ['two code fences', `\`\`\`\n${winner(first)}\n\`\`\`\n\`\`\`\n${winner(second)}\n\`\`\``, 'unreadable'],
    ['JSON without its end', `{"winner": "${first}`, 'unreadable'],
    ['an unknown label', winner('Q'), 'unknown-response'],
    ['a slot', winner('1'), 'unknown-response'],
    ['the label in small letters', winner(first.toLowerCase()), 'unknown-response'],
    ['a response id', winner('p-1/0'), 'unknown-response'],
    ['a name of every object', winner('constructor'), 'unknown-response'],
    ['an empty text', '', 'empty'],
    ['blanks', ' \n ', 'empty'],
  ])('%s', (_, text, reason) => {
    expect(read(text)).toMatchObject({ kind: 'abstention', compared: ['p-1/0', 'p-1/1'], reason });
  });

  test('no choice is empty; a refusal and a filter are refused, whatever the text says', () => {
    expect(read(undefined)).toMatchObject({ reason: 'empty', said: '' });
    expect(read(winner(first), { finish: 'refusal' })).toMatchObject({ reason: 'refused' });
    expect(read(winner(first), { finish: 'filtered' })).toMatchObject({ reason: 'refused' });
  });

  test('an answer without its end that hit the token limit is cut off', () => {
    expect(read('{"winner": "', { finish: 'length' })).toMatchObject({ reason: 'cut-off' });
  });

  test('it keeps the start of what was said', () => {
    expect(read('Well. '.repeat(100))).toMatchObject({ said: 'Well. '.repeat(100).slice(0, 200) });
  });
});

describe('any text at all', () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', '"', ':', ',', '\\', '\\u0077inner', 'winner', '"winner"', '"winner":', 'tie', '"tie"'],
    ...[first, second, `"${first}"`, `"${second}"`, 'Q', '10', ' ', '\n', '```', '```json\n', 'null', '__proto__'],
    ...[`{"winner":"${first}"}`, `{"winner":"${second}"}`],
  );
  const anyText = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string(),
    fc.json(),
    fc
      .dictionary(fc.constantFrom('winner', 'loser', '__proto__', 'reason'), fc.constantFrom(first, second, 'tie', 7))
      .map((value) => JSON.stringify(value)),
  );
  /** Written out once more, by another road than the reader's: the only texts that may decide anything. */
  const exact = new RegExp(
    `^\\s*(?:\`\`\`(?:json)?\\s*\\n\\s*)?\\{\\s*"(?:w|\\\\u0077)inner"\\s*:\\s*"\\s*(${first}|${second}|tie)\\s*"\\s*\\}\\s*(?:\`\`\`\\s*)?$`,
  );

  test('never crashes the reader, and decides nothing but by the exact JSON that was asked for', () => {
    let verdicts = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const outcome = read(text);
        if (outcome.kind === 'abstention') return;
        verdicts++;
        const label = exact.exec(text)?.[1];
        expect(label).toBeDefined();
        expect(outcome.winner).toBe(label === 'tie' ? 'tie' : question.labels.get(label ?? ''));
      }),
      { numRuns: 20_000, seed: 1 },
    );
    expect(verdicts).toBeGreaterThan(100);
  });
});

describe('the probability of a verdict', () => {
  const tokens = (verdict: number, alternatives: readonly (readonly [string, number])[]) => [
    { token: '{"winner": "', logprob: 0, alternatives: [] },
    {
      token: first,
      logprob: Math.log(verdict),
      alternatives: alternatives.map(([token, share]) => ({ token, logprob: Math.log(share) })),
    },
    { token: '"}', logprob: 0, alternatives: [] },
  ];
  const probability = (logprobs: ReturnType<typeof tokens>) => {
    const outcome = read(`{"winner": "${first}"}`, { logprobs });
    return outcome.kind === 'verdict' ? outcome.probability : undefined;
  };

  test('is that of the winner between the two labels', () => {
    const odds = tokens(0.6, [
      [first, 0.6],
      [second, 0.2],
      ['tie', 0.2],
    ]);

    expect(probability(odds)).toBeCloseTo(0.75);
  });

  test('is read from tokens with quotes and blanks', () => {
    expect(probability(tokens(0.9, [[` "${second}"`, 0.1]]))).toBeCloseTo(0.9);
  });

  test('is bounded by the least likely token shown where the other label is not among them', () => {
    const odds = tokens(0.8, [
      [first, 0.8],
      ['tie', 0.1],
    ]);

    expect(probability(odds)).toBeCloseTo(0.8 / 0.9);
  });

  test('is absent where no token carries the verdict, and for a tie', () => {
    expect(probability([])).toBeUndefined();
    expect(probability(tokens(0.8, []))).toBeUndefined();
    // An endpoint may list only what it chose.
    expect(probability(tokens(0.8, [[first, 0.8]]))).toBeUndefined();
    expect(read('{"winner": "tie"}', { logprobs: tokens(0.8, [[second, 0.1]]) })).not.toHaveProperty('probability');
  });
});

describe('critiques', () => {
  const asked = critiqueQuestion(prompt, settings.rubric, shown, 'key');
  const [one, other] = [...asked.labels.keys()] as [string, string];
  const critiques = (text: string, more = {}) => readCritiques(answerOf(text, more), asked);

  test('are joined by response id', () => {
    const read = critiques(JSON.stringify({ [other]: 'Vague.', [one]: `Good, unlike "${other}": short.` }));

    expect(read).toEqual(
      new Map([
        ['p-1/0', `Good, unlike "${other}": short.`],
        ['p-1/1', 'Vague.'],
      ]),
    );
  });

  test.each([
    ['one is missing', `{"${one}": "Good."}`],
    ['one is blank', `{"${one}": "Good.", "${other}": " "}`],
    ['one is no text', `{"${one}": "Good.", "${other}": 3}`],
    ['a label stands twice', `{"${one}": "Good.", "${other}": "Vague.", "${one}": "Bad."}`],
    ['there is prose', `Here: {"${one}": "Good.", "${other}": "Vague."}`],
    ['the answer is empty', ''],
  ])('are absent where %s', (_, text) => {
    expect(critiques(text)).toBeUndefined();
  });

  test('are absent where the teacher refused', () => {
    expect(critiques(`{"${one}": "Good.", "${other}": "Vague."}`, { finish: 'refusal' })).toBeUndefined();
  });
});
