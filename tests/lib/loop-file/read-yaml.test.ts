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
      .replace('student:', 'student: &local')
      .replace('teacher:\n  endpoint: sandbox', 'teacher:\n  <<: *local');

    expect(parse(`\uFEFF${text.replaceAll('\n', '\r\n')}`).content).toEqual(parse(loop).content);
  });

  test('is called by its name in the message', async () => {
    const refusal = await refusalOf(() => parse(loop.replace('base', '""')));

    expect(refusal.message).toBe(
      'loop.yaml is not usable:\n  - student.model (line 7): "" is not allowed; give text that is not empty',
    );
  });
});

describe('a wrong value is answered with its path, its line and what is allowed', () => {
  test.each([
    [
      'name: desk',
      'name: My Desk',
      'name (line 1): "My Desk" is not allowed; give 1 to 40 lower-case letters, digits and hyphens',
    ],
    [
      'endpoint: sandbox\n  model: base',
      'endpoint: htp://x\n  model: base',
      'student.endpoint (line 6): "htp://x" is not allowed; give "sandbox" or an http(s) URL',
    ],
    ['model: base', 'model: 4', 'student.model (line 7): 4 is not allowed; give text that is not empty, in quotes'],
    ['  model: base\n', '', 'student.model (line 5): missing; give text that is not empty'],
    ['skill: skills/desk\n', '', 'skill: missing; give text that is not empty'],
    ['prompts:\n  train: train.jsonl\n', '', 'prompts: missing; give a mapping with train, heldOut, heldOutShare'],
    ['name: desk', 'name: desk\nrounds: 2.5', 'rounds (line 2): 2.5 is not allowed; give a whole number from 1 to 20'],
    [
      'name: desk',
      'name: desk\nrounds: [3]',
      'rounds (line 2): a list is not allowed; give a whole number from 1 to 20',
    ],
    [
      'name: desk',
      'name: desk\napproval: always',
      'approval (line 2): "always" is not allowed; give "never", "before-training" or "before-promotion"',
    ],
    [
      'name: desk',
      'name: desk\nsampling:\n# temperature: 1',
      'sampling (line 2): an empty value (null) is not allowed; give a mapping with responses, temperature, topP, maxTokens, or leave the key out',
    ],
    [
      'name: desk',
      'name: desk\nsampling: {temperature: .inf}',
      'sampling.temperature (line 2): Infinity is not allowed; give a number from 0 to 2',
    ],
    [
      'name: desk',
      'name: desk\nsampling: {topP: 0}',
      'sampling.topP (line 2): 0 is not allowed; give a number above 0 and of at most 1',
    ],
    [
      'name: desk',
      'name: desk\njudging: {critiques: yes}',
      'judging.critiques (line 2): "yes" is not allowed; give true or false',
    ],
    [
      'name: desk',
      'name: desk\nbudget:\n  calls: 0',
      'budget.calls (line 3): 0 is not allowed; give a whole number of at least 1',
    ],
    [
      'name: desk',
      'name: desk\nschedule:\n  cron: daily',
      'schedule.cron (line 3): "daily" is not allowed; give cron(…) with six fields, such as cron(0 3 ? * MON *)',
    ],
    [
      'train: train.jsonl',
      'train: train.jsonl\n  heldOutShare: 1',
      'prompts.heldOutShare (line 5): 1 is not allowed; give a number above 0 and below 1',
    ],
    [
      'trainer:',
      'trainer:\n  hyperparameters: {beta: high}',
      'trainer.hyperparameters.beta (line 12): "high" is not allowed; give a number or "auto"',
    ],
    [
      'name: desk',
      `name: "${'x'.repeat(100)}"`,
      `name (line 1): "${'x'.repeat(60)}…" is not allowed; give 1 to 40 lower-case letters, digits and hyphens`,
    ],
  ])('%j as %j', async (right, wrong, problem) => {
    expect(await problemsOf(loop.replace(right, wrong))).toEqual([problem]);
  });
});

describe('an unknown key is answered with the nearest known one, or with all of them', () => {
  test.each([
    ['trainer:', 'trainer:\n  methd: dpo', 'trainer.methd (line 12): unknown key; did you mean "method"?'],
    ['name: desk', 'Name: desk\nname: desk', 'Name (line 1): unknown key; did you mean "name"?'],
    [
      'name: desk',
      'name: desk\nshards:\n  colour: red',
      'shards.colour (line 3): unknown key; known here: prompts, atOnce',
    ],
    [
      'name: desk',
      'name: desk\nevaluation: {guards: {check: 0.1}}',
      'evaluation.guards.check (line 2): unknown key; did you mean "checks"?',
    ],
    [
      'name: desk',
      'name: desk\n__proto__: {a: 1}',
      `__proto__ (line 2): unknown key; known here: ${Object.keys(loopSchema.shape).join(', ')}`,
    ],
    [
      'name: desk',
      'name: desk\nshards:\n  "a\\nb": 1',
      'shards."a\\nb" (line 3): unknown key; known here: prompts, atOnce',
    ],
  ])('%j as %j', async (right, wrong, problem) => {
    expect(await problemsOf(loop.replace(right, wrong))).toEqual([problem]);
  });
});

describe('what is no mapping at all', () => {
  test.each([
    ['', 'it is empty; write keys and values, such as "name: my-loop"; docs/loop-file.md has an example'],
    ['# to do\n', 'it is empty; write keys and values, such as "name: my-loop"; docs/loop-file.md has an example'],
    [
      '- name: desk\n',
      'it is a list, not a mapping; write keys and values, such as "name: my-loop"; docs/loop-file.md has an example',
    ],
    [
      'improve my model',
      'it is plain text, not a mapping; write keys and values, such as "name: my-loop"; docs/loop-file.md has an example',
    ],
  ])('%j', async (text, problem) => {
    expect(await problemsOf(text)).toEqual([problem]);
  });
});

describe('a syntax error is answered with line and column', () => {
  test.each([
    [`${loop}name: again\n`, ['line 13, column 1: this key stands twice in its mapping; keep one']],
    [
      `${loop}\trounds: 2\n`,
      expect.arrayContaining(['line 13, column 1: a tab indents this line; indent with spaces']),
    ],
    [`%FOO\n---\n${loop}`, ['line 1, column 1: this directive (%) is unknown; remove the line']],
    [`a: [b]]`, ['line 1, column 7: not YAML: Unexpected flow-seq-end token in YAML stream']],
    [`${loop}---\nname: other\n`, ['line 13, column 1: a second document begins; keep one document a file']],
    ['name: desk: support', ['line 1, column 7: not YAML: Nested mappings are not allowed in compact mappings']],
    ['name: "desk\n', expect.arrayContaining(['line 2, column 1: not YAML: Missing closing "quote'])],
    [loop.replace('base', '!env MODEL'), ['line 7, column 10: this tag (!) is unknown; write the value without it']],
    [
      loop.replace('base', '*model'),
      expect.arrayContaining(['line 7, column 10: this alias (*) has no anchor (&) above it; define the anchor first']),
    ],
  ])('%j', async (text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test('nesting without end shows 20 errors and counts the others', async () => {
    const problems = await problemsOf('['.repeat(20_000));

    expect(problems).toHaveLength(21);
    expect(problems[0]).toMatch(/^line 1, column \d+: it is nested too deep; a loop file needs four levels$/);
    expect(problems[20]).toMatch(/^and \d+ more$/);
  });

  test('aliases that multiply are refused', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`,
    );

    expect(await problemsOf(`a0: &a0 [x]\n${levels.join('\n')}\n`)).toEqual([
      'its aliases multiply into more than a loop file can mean; write the values out',
    ]);
  });
});

describe('a key pasted into the file is never repeated', () => {
  test('as the name of its variable', async () => {
    expect(await problemsOf(loop.replace('model: base', `model: base\n  apiKeyEnv: ${secret}`))).toEqual([
      'student.apiKeyEnv (line 8): what stands here (not shown, it may be a secret) is not allowed; give the NAME of an environment variable, such as OPENAI_API_KEY, never the key itself',
    ]);
  });

  test('in an endpoint', async () => {
    expect(await problemsOf(loop.replace('endpoint: sandbox', 'endpoint: https://me:pass@host/v1'))).toEqual([
      'student.endpoint (line 6): what stands here (not shown, it may be a secret) is not allowed; keep user and password out of the URL; see apiKeyEnv',
    ]);
  });

  test.each([
    ['under a key that does not exist', loop.replace('model: base', `model: base\n  apiKey: ${secret}`)],
    ['as a key', loop.replace('model: base', `model: base\n  ${secret}: 1`)],
    ['instead of a number', `${loop}rounds: ${secret}\n`],
    ['instead of a file', secret],
    ['beside a syntax error', `${loop}${secret}\nrounds: 1\n`],
    ['after a quoted text', `${loop}description: "a" ${secret}\n`],
    ['after a bracket too many', `a: [1]]\n${secret}`],
    ['as a tag', `a: !${secret} b`],
    ['as an alias', `a: *${secret}`],
    ['in the head of a block', `a: |${secret}\n x`],
    ['as a directive', `%${secret}\n---\na: b`],
    ['twice', `${loop}${secret}: 1\n${secret}: 1\n`],
  ])('%s', async (_, text) => {
    expect((await refusalOf(() => parse(text))).message).not.toContain(secret);
  });
});

describe('many mistakes', () => {
  test('are all shown at once, in the order of the lines', async () => {
    const unknown = Array.from({ length: 17 }, (_, index) => `  colour${index}: red`);
    const text = loop
      .replace('name: desk', 'rounds: 0\nname: My Desk')
      .replace('student:', `student:\n${unknown.join('\n')}`)
      .replace('model: judge', 'model: ""');

    const problems = await problemsOf(text);

    expect(problems).toHaveLength(20);
    expect(problems.map((problem) => Number(/line (\d+)/.exec(problem)?.[1]))).toEqual([
      1,
      2,
      ...unknown.map((_, index) => index + 7),
      28,
    ]);
  });

  test('of more than 20, the first 20 are shown and the others counted', async () => {
    const unknown = Array.from({ length: 23 }, (_, index) => `colour${index}: red\n`);

    const problems = await problemsOf(loop + unknown.join(''));

    expect(problems).toHaveLength(21);
    expect(problems[19]).toMatch(/^colour19 \(line 32\): unknown key; known here: /);
    expect(problems[20]).toBe('and 3 more');
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
      { numRuns: 4_000 },
    );
  });
});

describe('a limit in dollars', () => {
  const endpoint = 'endpoint: https://models.example/v1';
  const price = 'price: { prompt: 1, completion: 4 }';
  const told =
    'budget.usd (line 13): 5 is not allowed; give student.price and teacher.price, or it is never reached; for a model of your own any small price will do';
  const loopOf = (student: string, teacher: string, budget = 'budget: { usd: 5 }') =>
    loop
      .replace('endpoint: sandbox\n  model: base', `${student}\n  model: base`)
      .replace('endpoint: sandbox\n  model: judge', `${teacher}\n  model: judge`)
      .concat(`${budget}\n`);

  test.each([
    ['the student', endpoint, 'endpoint: sandbox'],
    ['the teacher', 'endpoint: sandbox', endpoint],
    ['both', endpoint, endpoint],
  ])('is refused where %s has no price: it would never be reached', async (_, student, teacher) => {
    expect(await problemsOf(loopOf(student, teacher))).toEqual([told]);
  });

  test('is refused where both prices are written as 0', async () => {
    const free = `price: { prompt: 0, completion: 0 }, ${endpoint}`;
    const text = loop.replace('teacher:\n  endpoint: sandbox\n  model: judge', `teacher: { ${free}, model: judge }`);

    expect((await problemsOf(`${text}budget: { usd: 5 }\n`))[0]).toContain('give student.price and teacher.price');
  });

  test('is taken where all have prices, and in the sandbox, which is free', () => {
    expect(parse(loopOf('endpoint: sandbox', 'endpoint: sandbox')).content.budget.usd).toBe(5);
    expect(parse(loopOf(`${endpoint}\n  ${price}`, `${endpoint}\n  ${price}`)).content.budget.usd).toBe(5);
  });

  test('is no matter to limits in calls and tokens', () => {
    expect(parse(loopOf(endpoint, endpoint, 'budget: { calls: 5 }')).content.budget.calls).toBe(5);
  });
});
