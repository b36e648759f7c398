import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../core/errors.ts';
import { promptSchema } from '../../../core/prompt.ts';
import { refusalOf } from './refusal.ts';
import { promptsIn, sourceOf } from './source-of.ts';

const read = async (value: unknown) => {
  const [{ id: _, ...prompt } = { id: '' }] = await promptsIn(sourceOf('prompts.jsonl', JSON.stringify(value)));
  return prompt;
};
const problemsOf = async (value: unknown) => (await refusalOf(() => read(value))).problems;
const user = { role: 'user', content: 'Where is it?' } as const;

describe('the short form', () => {
  test('may have the text of a system message', async () => {
    expect(await read({ prompt: 'Where is it?', system: 'Be brief.' })).toEqual({
      messages: [{ role: 'system', content: 'Be brief.' }, user],
    });
  });
});

describe('a line for supervised fine-tuning', () => {
  const response = { role: 'assistant', content: 'On its way.' };

  test('ends with the response, which becomes the reference', async () => {
    expect(await read({ messages: [user, response] })).toEqual({ messages: [user], reference: 'On its way.' });
  });

  test('keeps the responses before it, as parts of the conversation; weights are for the trainer', async () => {
    const earlier = { role: 'assistant', content: 'Hello!' };
    const messages = [{ role: 'user', content: 'Hi' }, { ...earlier, weight: 0 }, user, { ...response, weight: 1 }];

    expect(await read({ messages })).toEqual({
      messages: [{ role: 'user', content: 'Hi' }, earlier, user],
      reference: 'On its way.',
    });
  });

  test('whose response is not to be learnt gives no reference', async () => {
    expect(await problemsOf({ messages: [user, { ...response, weight: 0 }] })).toContain(
      'messages (line 1): the last message must have the role user',
    );
  });

  test('may have no other reference', async () => {
    expect(await problemsOf({ messages: [user, response], reference: 'x' })).toEqual([
      "line 1: it has a reference, and its last message is the assistant's, which would be one too; keep one",
    ]);
  });

  test.each(['tools', 'functions', 'tool_choice', 'parallel_tool_calls'])('may have no %s', async (key) => {
    expect(await problemsOf({ messages: [user, response], [key]: [] })).toEqual([
      `line 1: it has "${key}", and students are asked without tools; take the key out`,
    ]);
  });

  test('with a call of a tool says which roles are allowed', async () => {
    expect(await problemsOf({ messages: [user, { role: 'tool', content: '7' }, user] })).toEqual([
      'messages[1].role (line 1): "tool" is not allowed; give "system", "user" or "assistant"',
    ]);
  });
});

describe('a line of gsm8k', () => {
  const line = (end: string) => ({ question: 'How many?', answer: `He has 2 + 3 = <<2+3=5>>5.\n${end}` });

  test.each([
    ['#### 5', 5],
    ['#### 1,450', 1450],
    ['#### -3', -3],
    ['#### 0.5', 0.5],
    ['#### .5 \n', 0.5],
  ])('%s: its number becomes a check, its answer the reference', async (end, equals) => {
    const { question, answer } = line(end);

    expect(await read({ question, answer, tags: ['maths'] })).toEqual({
      messages: [{ role: 'user', content: question }],
      reference: answer,
      checks: [{ kind: 'number', equals }],
      tags: ['maths'],
    });
  });

  test('keeps checks and a reference of its own instead', async () => {
    const own = { checks: [{ kind: 'json' }], reference: 'Five.' };

    expect(await read({ ...line('#### 5'), ...own })).toMatchObject(own);
  });

  test('is none where it has a prompt as well', async () => {
    expect(await problemsOf({ ...line('#### 5'), prompt: 'x' })).toEqual([
      expect.stringMatching(/^question \(line 1\): unknown key/),
      expect.stringMatching(/^answer \(line 1\): unknown key/),
    ]);
  });

  test.each(['So 5.', '#### five', '#### ', '#### 1.2.3', '#### ,', '#### 5 apples'])(
    '%j: without the number at its end it is refused',
    async (end) => {
      expect(await problemsOf(line(end))).toEqual([
        'line 1: its answer does not end with a number, as in "#### 42"; add it, or give the question as "prompt"',
      ]);
    },
  );
});

describe('a line of IFEval', () => {
  test('has a check for each constraint', async () => {
    const line = {
      key: 7,
      prompt: 'No commas, please.',
      instruction_id_list: ['punctuation:no_comma'],
      kwargs: [{}],
    };

    expect(await promptsIn(sourceOf('prompts.jsonl', JSON.stringify(line)))).toEqual([
      {
        id: '7',
        messages: [{ role: 'user', content: 'No commas, please.' }],
        checks: [{ kind: 'frequency', of: ',', max: 0 }],
        tags: ['punctuation:no_comma'],
      },
    ]);
  });

  test('with a mistake is answered with its line', async () => {
    expect(await problemsOf({ prompt: 'x', instruction_id_list: ['punctuation:no_coma'], kwargs: [{}] })).toEqual([
      'line 1: instruction_id_list[0]: "punctuation:no_coma" is not known; did you mean "punctuation:no_comma"?',
    ]);
  });
});

test('whatever an object holds, it is a whole prompt or refused as invalid input', async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a', '#### 5', '#### -1,000.5', '####', 'own'));
  const content = fc.oneof(text, fc.constant([{ type: 'text', text: 'a' }]), fc.jsonValue({ maxDepth: 1 }));
  const role = fc.constantFrom('system', 'user', 'assistant', 'tool');
  const message = fc.oneof(
    fc.record({ role, content, weight: fc.constantFrom(0, 1, 2) }, { requiredKeys: ['role', 'content'] }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const keys = {
    prompt: content,
    system: text,
    messages: fc.array(message, { maxLength: 3 }),
    reference: text,
    question: text,
    answer: content,
    instruction_id_list: fc.array(fc.constantFrom('punctuation:no_comma', 'startend:quotation', 'x'), {
      maxLength: 2,
    }),
    kwargs: fc.array(fc.constantFrom({}, null, { language: 'en' }), { maxLength: 2 }),
    key: fc.oneof(fc.nat(), text),
    checks: fc.array(fc.constantFrom({ kind: 'json' }, { kind: 'number' }, null), { maxLength: 1 }),
  };
  const names = fc.subarray(Object.keys(keys), { minLength: 1, maxLength: 2 });
  const value = fc.tuple(fc.record(keys), names).map(([record, kept]) => {
    return Object.fromEntries(Object.entries(record).filter(([name]) => kept.includes(name)));
  });
  let prompts = 0;
  await fc.assert(
    fc.asyncProperty(value, async (object) => {
      try {
        const [prompt] = await promptsIn(sourceOf('prompts.jsonl', JSON.stringify(object)));
        expect(promptSchema.parse(prompt)).toEqual(prompt);
        prompts++;
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
      }
    }),
    { numRuns: 10_000 },
  );
  expect(prompts).toBeGreaterThan(100);
});
