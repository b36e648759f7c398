import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Check } from '../../core/checks/check.ts';
import type { Prompt } from '../../core/prompt.ts';
import { knownLanguages } from '../../core/text/language.ts';
import { describeProblems, shown } from './describe-problems.ts';
import { type SchemaNode, schemaNode } from './schema-nodes.ts';

/** A line in the format of IFEval (arXiv 2311.07911): its constraints become checks. */
export function isIfevalLine(value: object): boolean {
  return 'instruction_id_list' in value;
}

export type IfevalPrompt = Pick<Prompt, 'messages' | 'tags'> & { id?: string; checks: Check[] };

/** The prompt, with one check for each constraint in their order; or what is wrong with the line, as sentences. */
export function promptFromIfeval(value: object): { prompt: IfevalPrompt } | { problems: string[] } {
  const line = lineSchema.safeParse(value);
  if (!line.success) return { problems: problemsOf(line.error.issues, value, lineNode) };
  const { key, prompt_idx: index, prompt, instruction_id_list: ids, kwargs } = line.data;
  const read = ifevalChecks(ids, kwargs);
  if ('problems' in read) return read;
  const id = key ?? index;
  return {
    prompt: {
      ...(id === undefined ? {} : { id: String(id) }),
      messages: [{ role: 'user', content: prompt }],
      checks: read.checks,
      tags: [...new Set(ids.map(withoutLanguage))],
    },
  };
}

/** One check for each instruction id, which may have the prefix `en:`; `kwargs` of null count as not given. */
export function ifevalChecks(
  ids: readonly string[],
  kwargs: readonly Readonly<Record<string, unknown>>[],
): { checks: Check[] } | { problems: string[] } {
  if (ids.length !== kwargs.length) {
    return { problems: [`kwargs: ${kwargs.length} for ${ids.length} instruction ids; give one mapping for each`] };
  }
  const read = ids.map((id, index) => checkOf(id, kwargs[index] ?? {}, index));
  const problems = read.flatMap((one) => ('problems' in one ? one.problems : []));
  return problems.length > 0 ? { problems } : { checks: read.flatMap((one) => ('check' in one ? [one.check] : [])) };
}

const idSchema = z.union([z.int(), z.string().min(1)]).optional();
const lineSchema = z.strictObject({
  key: idSchema,
  prompt_idx: idSchema,
  prompt: z.string().min(1),
  instruction_id_list: z.array(z.string()).min(1),
  kwargs: z.array(z.record(z.string(), z.unknown())),
});
const lineNode = schemaNode(lineSchema);

type Read = { readonly check: Check } | { readonly problems: string[] };
type Constraint = (
  kwargs: object,
) => { readonly check: Check } | { readonly issues: z.core.$ZodIssue[]; node: SchemaNode };

function checkOf(id: string, kwargs: Readonly<Record<string, unknown>>, index: number): Read {
  const constraint = constraints.get(withoutLanguage(id));
  if (!constraint) {
    const nearest = closest(withoutLanguage(id), [...constraints.keys()]);
    return { problems: [`instruction_id_list[${index}]: ${shown(id)} is not known; did you mean "${nearest}"?`] };
  }
  const given = Object.fromEntries(Object.entries(kwargs).filter(([, value]) => value !== null));
  const read = constraint(given);
  if ('check' in read) return read;
  return { problems: problemsOf(read.issues, given, read.node).map((problem) => `kwargs[${index}].${problem}`) };
}

function problemsOf(issues: readonly z.core.$ZodIssue[], value: unknown, node: SchemaNode): string[] {
  return describeProblems(issues, { value, lineOf: () => undefined }, node);
}

function withoutLanguage(id: string): string {
  return id.replace(/^en:/, '');
}

/** What a constraint is given and the check that it becomes. */
function constraint<Shape extends z.ZodRawShape>(
  shape: Shape,
  toCheck: (given: z.output<z.ZodObject<Shape, z.core.$strict>>) => Check,
): Constraint {
  const schema = z.strictObject(shape);
  const node = schemaNode(schema);
  return (kwargs) => {
    const read = schema.safeParse(kwargs);
    return read.success ? { check: toCheck(read.data) } : { issues: read.error.issues, node };
  };
}

const text = z.string().trim().min(1);
const texts = z.array(z.string().min(1)).min(1);
const count = z.int().min(0);
const relation = z.enum(['at least', 'less than']);

function bounds(given: z.output<typeof relation>, threshold: number): { min: number } | { max: number } {
  return given === 'at least' ? { min: threshold } : { max: threshold - 1 };
}

const exactly = (number: number) => ({ min: number, max: number });

const constraints: ReadonlyMap<string, Constraint> = new Map([
  ['keywords:existence', constraint({ keywords: texts }, ({ keywords: all }) => ({ kind: 'includes', all }))],
  [
    'keywords:frequency',
    constraint({ keyword: text, frequency: count.min(1), relation }, (given) => ({
      kind: 'frequency',
      of: given.keyword,
      ...bounds(given.relation, given.frequency),
    })),
  ],
  [
    'keywords:forbidden_words',
    constraint({ forbidden_words: texts }, ({ forbidden_words: words }) => ({ kind: 'avoids', words })),
  ],
  [
    'keywords:letter_frequency',
    constraint({ letter: text, let_frequency: count.min(1), let_relation: relation }, (given) => ({
      kind: 'frequency',
      of: given.letter,
      ...bounds(given.let_relation, given.let_frequency),
    })),
  ],
  [
    'language:response_language',
    constraint({ language: z.enum(knownLanguages) }, ({ language: is }) => ({ kind: 'language', is })),
  ],
  [
    'length_constraints:number_sentences',
    constraint({ num_sentences: count.min(1), relation }, (given) => ({
      kind: 'sentences',
      ...bounds(given.relation, given.num_sentences),
    })),
  ],
  [
    'length_constraints:number_words',
    constraint({ num_words: count.min(1), relation }, (given) => ({
      kind: 'words',
      ...bounds(given.relation, given.num_words),
      split: 'punctuation',
    })),
  ],
  [
    'length_constraints:number_paragraphs',
    constraint({ num_paragraphs: count.min(1) }, (given) => ({
      kind: 'parts',
      divider: '***',
      ...exactly(given.num_paragraphs),
    })),
  ],
  [
    'length_constraints:nth_paragraph_first_word',
    constraint({ num_paragraphs: count.min(1), nth_paragraph: count.min(1), first_word: text }, (given) => ({
      kind: 'paragraph-start',
      paragraph: given.nth_paragraph,
      of: given.num_paragraphs,
      word: given.first_word,
    })),
  ],
  [
    'detectable_content:number_placeholders',
    constraint({ num_placeholders: count.min(1) }, (given) => ({ kind: 'placeholders', min: given.num_placeholders })),
  ],
  [
    'detectable_content:postscript',
    constraint({ postscript_marker: text }, (given) => ({ kind: 'postscript', marker: given.postscript_marker })),
  ],
  [
    'detectable_format:number_bullet_lists',
    constraint({ num_bullets: count }, (given) => ({ kind: 'bullets', ...exactly(given.num_bullets) })),
  ],
  [
    'detectable_format:constrained_response',
    constraint({}, () => ({
      kind: 'includes',
      any: ['My answer is yes.', 'My answer is no.', 'My answer is maybe.'],
      exactCase: true,
    })),
  ],
  [
    'detectable_format:number_highlighted_sections',
    constraint({ num_highlights: count.min(1) }, (given) => ({ kind: 'highlights', min: given.num_highlights })),
  ],
  [
    'detectable_format:multiple_sections',
    constraint({ section_spliter: text, num_sections: count.min(1) }, (given) => ({
      kind: 'sections',
      title: given.section_spliter,
      min: given.num_sections,
    })),
  ],
  ['detectable_format:json_format', constraint({}, () => ({ kind: 'json', fenced: true }))],
  ['detectable_format:title', constraint({}, () => ({ kind: 'title' }))],
  [
    'combination:repeat_prompt',
    constraint({ prompt_to_repeat: text }, (given) => ({ kind: 'starts-with', any: [given.prompt_to_repeat] })),
  ],
  [
    'combination:two_responses',
    constraint({}, () => ({ kind: 'parts', divider: '******', ...exactly(2), different: true })),
  ],
  ['change_case:english_capital', constraint({}, () => ({ kind: 'letter-case', is: 'upper', language: 'en' }))],
  ['change_case:english_lowercase', constraint({}, () => ({ kind: 'letter-case', is: 'lower', language: 'en' }))],
  [
    'change_case:capital_word_frequency',
    constraint({ capital_frequency: count.min(1), capital_relation: relation }, (given) => ({
      kind: 'capital-words',
      ...bounds(given.capital_relation, given.capital_frequency),
    })),
  ],
  [
    'startend:end_checker',
    constraint({ end_phrase: text }, (given) => ({ kind: 'ends-with', any: [given.end_phrase], loosely: true })),
  ],
  ['startend:quotation', constraint({}, () => ({ kind: 'quoted' }))],
  ['punctuation:no_comma', constraint({}, () => ({ kind: 'frequency', of: ',', max: 0 }))],
]);
