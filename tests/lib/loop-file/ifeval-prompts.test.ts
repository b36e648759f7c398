import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { checkSchema } from '../../../core/checks/check.ts';
import { isIfevalLine, promptFromIfeval } from '../../../lib/loop-file/ifeval-prompts.ts';

const lineWith = (id: string, kwargs: object) => ({
  key: 7,
  prompt: 'Write.',
  instruction_id_list: [id],
  kwargs: [kwargs],
});

function problemsOf(line: object): string[] {
  const read = promptFromIfeval(line);
  return 'problems' in read ? read.problems : [];
}

describe('a line in the format of IFEval', () => {
  test('is told by its instruction ids', () => {
    expect(isIfevalLine(lineWith('punctuation:no_comma', {}))).toBe(true);
    expect(isIfevalLine({ prompt: 'Write.', checks: [] })).toBe(false);
  });

  test('becomes a prompt with one check for each instruction, in their order', () => {
    const line = {
      prompt_idx: 3,
      prompt: 'Write.',
      instruction_id_list: ['en:punctuation:no_comma', 'length_constraints:number_words', 'en:startend:quotation'],
      kwargs: [{}, { relation: 'less than', num_words: 300 }, { relation: null, num_words: null }],
    };

    expect(promptFromIfeval(line)).toEqual({
      prompt: {
        id: '3',
        messages: [{ role: 'user', content: 'Write.' }],
        checks: [
          { kind: 'frequency', of: ',', max: 0 },
          { kind: 'words', max: 299, split: 'punctuation' },
          { kind: 'quoted' },
        ],
        tags: ['punctuation:no_comma', 'length_constraints:number_words', 'startend:quotation'],
      },
    });
  });

  test('may leave its id to us', () => {
    const { key: _, ...line } = lineWith('startend:quotation', {});
    const read = promptFromIfeval(line);

    expect('prompt' in read && 'id' in read.prompt).toBe(false);
  });

  test.each<[object, string]>([
    [
      lineWith('punctuation:no_commas', {}),
      'instruction_id_list[0]: "punctuation:no_commas" is not known; did you mean "punctuation:no_comma"?',
    ],
    [
      lineWith('keywords:frequency', { keyword: 'a', frequency: 2, relation: 'at most' }),
      'kwargs[0].relation: "at most" is not allowed; give "at least" or "less than"',
    ],
    [
      lineWith('length_constraints:number_words', {}),
      'kwargs[0].num_words: missing; give a whole number of at least 1',
    ],
    [lineWith('startend:quotation', { marks: 2 }), 'kwargs[0].marks: unknown key; remove it'],
    [
      { ...lineWith('startend:quotation', {}), kwargs: [] },
      'kwargs: 0 for 1 instruction ids; give one mapping for each',
    ],
    [{ instruction_id_list: ['startend:quotation'], kwargs: [{}] }, 'prompt: missing; give text that is not empty'],
  ])('is refused with what is wrong and what to do: %j', (line, problem) => {
    expect(problemsOf(line)).toContain(problem);
  });
});

describe('the prompts of the skill ifeval', () => {
  test('are read, and cover every one of the 25 types', async () => {
    const file = await readFile(new URL('../../../skills/ifeval/prompts.jsonl', import.meta.url), 'utf8');
    const read = file
      .trim()
      .split('\n')
      .map((line) => promptFromIfeval(JSON.parse(line)));
    const prompts = read.flatMap((one) => ('prompt' in one ? [one.prompt] : []));

    expect(prompts).toHaveLength(read.length);
    expect(new Set(prompts.flatMap(({ tags }) => tags)).size).toBe(25);
    for (const check of prompts.flatMap(({ checks }) => checks)) {
      expect(checkSchema.safeParse(check)).toEqual({ success: true, data: check });
    }
  });
});
