import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/errors.ts';
import { loopSchema } from '../../../core/loop.ts';
import { parseYaml } from '../../../lib/loop-file/read-yaml.ts';
import { refusalOf } from './refusal.ts';

const loop = `name: desk
skill: skills/desk
prompts:
  train: train.jsonl
student:
  endpoint: sandbox
  model: base
teacher:
  endpoint: sandbox
  model: judge
trainer:
  endpoint: sandbox
`;
const secret = 'sk-proj-4f9aK2mQ8xY1';

const parse = (text: string) => parseYaml('loop.yaml', text, loopSchema);
const problemsOf = async (text: string) => (await refusalOf(() => parse(text))).problems;

describe('a loop file', () => {
  test('that names what is required gets every default', () => {
    const { content } = parse(loop);

    expect(content.sampling).toEqual({ responses: 4, temperature: 1, topP: 1, maxTokens: 512 });
    expect(content.student.price).toEqual({ prompt: 0, completion: 0 });
  });

  test('may have a byte order mark, Windows line ends, anchors and merges', () => {
    const text = loop
      .replace('name: desk', 'rounds: 0\nname: My Desk')
      .replace('student:', `student:\n${unknown.join('\n')}`)
      .replace('model: judge', 'model: ""');

    const problems = await problemsOf(text);

    expect(problems.map((problem) => Number(/line (\d+)/.exec(problem)?.[1]))).toEqual([
      1,
      2,
      ...unknown.map((_, index) => index + 7),
      28,
    ]);
  });

  test('a key that stands twice does not hide the others', async () => {
    expect(await problemsOf(`${loop}name: again\nround: 1\n`)).toEqual([
      'line 13, column 1: this key stands twice in its mapping; keep one',
      'round (line 14): unknown key; did you mean "rounds"?',
    ]);
  });
});

describe('whatever the text is', () => {
  const cut = fc.tuple(fc.nat(loop.length), fc.nat(20), fc.string()).map(([at, length, more]) => {
    return loop.slice(0, at) + more + loop.slice(at + length);
  });
  const values = fc
    .tuple(fc.constantFrom('name', 'student', 'sampling', 'trainer', 'budget', 'evaluation', '$schema'), fc.jsonValue())
    .map(
      ([key, value]) =>
        `${loop.replace(new RegExp(`^${key}:.*\\n( .*\\n)*`, 'm'), '')}${key}: ${JSON.stringify(value)}\n`,
    );
  const marks = fc.string({ unit: fc.constantFrom(...':-?[]{}&*!|>\'"%@#,<~ \n\ta1') });

  test.each([
    ['any text', fc.string({ unit: 'binary' })],
    ['any marks of YAML', marks],
    ['a loop with a cut', cut],
    ['a loop with another value', values],
  ])('%s is read or refused as invalid input', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
        }
      }),
      { numRuns: 600 },
    );
  });
});
