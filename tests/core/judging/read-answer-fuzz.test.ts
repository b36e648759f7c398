import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparisonQuestion, critiqueQuestion, type JudgedText } from '../../../core/judging/judge-prompt.ts';
import { readComparison, readCritiques } from '../../../core/judging/read-answer.ts';
import { answerOf, prompt, settings } from './judging-fixture.ts';

/*
 * Answers as judges write them, each made together with the only verdict that it states, if it states one. Nothing here
 * reads an answer: a second reader could be wrong in the same way as the first.
 */

const shown: readonly [JudgedText, JudgedText] = [
  { id: 'p-1/0', text: 'a' },
  { id: 'p-1/1', text: 'b' },
];
const question = comparisonQuestion(prompt, settings.rubric, shown, 'key');
const labels = [...question.labels.keys()] as [string, string];
const verdicts = [...labels, 'tie'];
const idOf = (label: string) => question.labels.get(label) ?? 'tie';

interface Answer {
  readonly text: string;
  /** The winner that it states; undefined where it states none by the rules. */
  readonly states: string | undefined;
}
const stating =
  (winner: string) =>
  (text: string): Answer => ({ text, states: idOf(winner) });
const statingNothing = (text: string): Answer => ({ text, states: undefined });

const blank = fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\r\n'), maxLength: 3 });
const label = fc.constantFrom(...labels);
const verdict = fc.constantFrom(...verdicts);
const json = (winner: string) => `{"winner": "${winner}"}`;

/** The JSON that was asked for, as loosely as JSON allows. */
const exact = verdict.chain((winner) =>
  fc
    .tuple(fc.array(blank, { minLength: 6, maxLength: 6 }), fc.constantFrom('winner', '\\u0077inner', 'winn\\u0065r'))
    .map(([[a, b, c, d, e, f], key]) => stating(winner)(`${a}{${b}"${key}"${c}:${d}"${winner}"${e}}${f}`)),
);
const fenced = fc
  .tuple(exact, fc.constantFrom('', 'json', 'json  '), blank)
  .map(([{ text, states }, language, end]) => ({ text: `\`\`\`${language}\n${text}\n\`\`\`${end}`, states }));

const numbers = fc
  .tuple(
    fc.nat(10),
    fc.constantFrom('n', 'n/10', 'Rating: n out of 10', 'Score: [[n]]', '**n**', '{"score": n}', 'n.0'),
  )
  .map(([n, form]) => statingNothing(form.replace('n', String(n))));
const scores = fc
  .tuple(fc.shuffledSubarray([...labels], { minLength: 1 }), fc.array(fc.nat(10), { minLength: 2, maxLength: 2 }))
  .map(([order, values]) =>
    statingNothing(JSON.stringify(Object.fromEntries(order.map((name, i) => [name, values[i]])))),
  );
const prose = fc
  .tuple(
    fc.constantFrom(
      'X',
      '"X"',
      'The winner is X.',
      'X is better than Y.',
      'Neither X nor Y.',
      'X > Y',
      'winner: X',
      '{X}',
    ),
    fc.shuffledSubarray([...labels], { minLength: 2 }),
  )
  .map(([form, [x = '', y = '']]) => statingNothing(form.replaceAll('Y', y).replaceAll('X', x)));
const around = fc
  .tuple(verdict, fc.constantFrom('Well: ', 'Because it helps.\n', '{}', '[', '// ', '```\n', '#'), fc.boolean())
  .map(([winner, extra, isBefore]) => statingNothing(isBefore ? extra + json(winner) : json(winner) + extra));
const twice = fc.tuple(exact, exact, blank).map(([one, other, gap]) => statingNothing(one.text + gap + other.text));
const twoFences = fc.tuple(fenced, fenced).map(([one, other]) => statingNothing(`${one.text}\n${other.text}`));
const unknown = fc
  .oneof(
    fc.constantFrom('p-1/0', 'p-1/1', '1', '2', 'A', 'B', 'both', 'none', 'response', '', 'constructor', '__proto__'),
    fc.constantFrom(
      ...labels.map((name) => name.toLowerCase()),
      labels.join(' '),
      `${labels[0]}.`,
      `"${labels[1]}`,
      'ties',
    ),
    fc.constantFrom(...labels.map((name) => String.fromCharCode(name.charCodeAt(0) + 0xfee0)), `${labels[0]}\u200b`),
    fc.string(),
  )
  .filter((name) => !labels.includes(name.trim()) && name.trim().toLowerCase() !== 'tie')
  .map((name) => statingNothing(JSON.stringify({ winner: name })));
const otherShapes = fc
  .tuple(verdict, fc.jsonValue())
  .chain(([winner, value]) =>
    fc.constantFrom<unknown>(
      [winner],
      [{ winner }],
      { winner: [winner] },
      { winner: { winner } },
      { verdict: { winner } },
      { Winner: winner },
      { winner, loser: winner },
      { winner, reason: value },
      { reason: value },
      { winner: null },
      { winner: 0 },
    ),
  )
  .map((value) => statingNothing(JSON.stringify(value)));
const repeatedKeys = fc
  .tuple(verdict, verdict, fc.constantFrom('winner', '\\u0077inner', 'w\\u0069nner'))
  .map(([one, other, key]) => statingNothing(`{"winner": "${one}", "${key}": "${other}"}`));
const cutOff = fc
  .tuple(verdict, fc.nat(16))
  .map(([winner, length]) => statingNothing(json(winner).slice(0, Math.min(length, json(winner).length - 1))));
const looseJson = verdict
  .chain((winner) =>
    fc.constantFrom(
      ...[`{'winner': '${winner}'}`, `{winner: "${winner}"}`, `{"winner": "${winner}",}`, `{"winner": ${winner}}`],
      ...[`{"winner" "${winner}"}`, `{"winner": "${winner}"} // sure`, `"{\\"winner\\": \\"${winner}\\"}"`],
    ),
  )
  .map(statingNothing);

const nearMisses = fc.oneof(
  ...[numbers, scores, prose, around, twice, twoFences, unknown, otherShapes, repeatedKeys, cutOff, looseJson],
);
const logprobs = fc.option(
  fc.array(
    fc.record({
      token: fc.oneof(label, fc.constantFrom('"', ' tie', '{"'), fc.string()),
      logprob: fc.double({ noNaN: true }),
      alternatives: fc.array(fc.record({ token: fc.oneof(label, fc.string()), logprob: fc.double({ noNaN: true }) })),
    }),
    { maxLength: 4 },
  ),
  { nil: undefined },
);

describe('a verdict comes from what states it, and from nothing else', () => {
  test('near misses are abstentions, each with a reason', () => {
    fc.assert(
      fc.property(nearMisses, logprobs, ({ text }, tokens) => {
        const read = readComparison(answerOf(text, { logprobs: tokens }), question);

        expect(read).toMatchObject({ kind: 'abstention', compared: ['p-1/0', 'p-1/1'], said: text.slice(0, 200) });
      }),
      { numRuns: 20_000 },
    );
  });

  test('what states one is read as it states it, with a probability that is one', () => {
    fc.assert(
      fc.property(fc.oneof(exact, fenced), logprobs, ({ text, states }, tokens) => {
        const read = readComparison(answerOf(text, { logprobs: tokens }), question);

        expect(read).toMatchObject({ kind: 'verdict', winner: states });
        const { probability = 0 } = read as { probability?: number };
        expect(probability >= 0 && probability <= 1).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a character changed anywhere makes no other winner of it', () => {
    const changed = fc.tuple(fc.oneof(exact, fenced), fc.nat(), fc.nat(1), fc.string({ maxLength: 2 }));
    fc.assert(
      fc.property(changed, ([{ text, states }, place, removed, added]) => {
        const at = place % (text.length + 1);
        const read = readComparison(answerOf(text.slice(0, at) + added + text.slice(at + removed)), question);

        const isChangedLabel = labels.includes(added.trim());
        expect(read.kind === 'abstention' || read.winner === states || isChangedLabel).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('critiques come from an object that has a text for both, once each', () => {
  const asked = critiqueQuestion(prompt, settings.rubric, shown, 'key');
  const names = [...asked.labels.keys()] as [string, string];
  const key = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom('note', '__proto__', names[0].toLowerCase(), 'p-1/0'),
  );
  const value = fc.oneof(fc.constantFrom('Good.', ' ', '', `"${names[1]}": "x"`), fc.jsonValue());
  const entries = fc.array(fc.tuple(key, value), { maxLength: 4 });
  const isText = (one: unknown) => typeof one === 'string' && one.trim() !== '';

  test('whatever the object holds', () => {
    fc.assert(
      fc.property(entries, (pairs) => {
        const text = `{${pairs.map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`).join(', ')}}`;
        const read = readCritiques(answerOf(text), asked);

        const stated = names.map((name) => pairs.filter(([other]) => other === name).map(([, one]) => one));
        if (!stated.every((values) => values.length === 1 && isText(values[0]))) expect(read).toBeUndefined();
        else if (read) expect([...read.values()]).toEqual(stated.map(([one]) => String(one).trim()));
      }),
      { numRuns: 10_000 },
    );
  });

  test('whatever the text is', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '"', ':', ',', '[', ']', '\\', '```', '\n', 'x', ...names));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          pieces.map((parts) => parts.join('')),
        ),
        (text) => {
          const read = readCritiques(answerOf(text), asked);

          expect(read === undefined || [...read.keys()].join() === 'p-1/0,p-1/1').toBe(true);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

test('an answer of 200,000 line ends after a fence is read in no time, and not in half a minute', () => {
  const start = performance.now();
  const read = readComparison(answerOf(`\`\`\`${'\n'.repeat(200_000)}x`), question);

  expect(read).toMatchObject({ kind: 'abstention', reason: 'unreadable' });
  expect(performance.now() - start).toBeLessThan(5000);
});
