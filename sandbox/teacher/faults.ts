import { contentHash, pickIndex, randomFor } from '../../core/random.ts';
import type { Question } from './read-question.ts';

/**
 * What is wrong with the teacher's judgement, as shares from 0 to 1; all 0 is a sound teacher. A function of seed and
 * texts: labels and nonces change nothing, and a repeated question gets the same answer. The other order of the same
 * two responses is another question, except to `orderDependent`.
 */
export interface TeacherFaults {
  readonly seed?: number | undefined;
  /** Share of comparisons won by whatever is shown first. */
  readonly positionBias?: number | undefined;
  /** Share of decided verdicts that are turned round. */
  readonly noise?: number | undefined;
  /** Share of comparisons answered `tie`. */
  readonly ties?: number | undefined;
  /** Share of questions answered with something else than the JSON asked for. */
  readonly malformed?: number | undefined;
  /** Share of pairs of responses on which it contradicts itself between the two orders. */
  readonly orderDependent?: number | undefined;
  /** Share of questions declined. */
  readonly refusals?: number | undefined;
}

type Switch = Exclude<keyof TeacherFaults, 'seed'>;

/** Whether a switch strikes this question. */
export function strikes(faults: TeacherFaults, which: Switch, question: Question): boolean {
  const share = faults[which] ?? 0;
  if (share === 0) return false;
  const texts = textsOf(question);
  return draw(faults, which, question, which === 'orderDependent' ? texts.toSorted() : texts).next() < share;
}

/** What a teacher that contradicts itself says in both orders: always the first shown or always the second. */
export function favouredSlot(faults: TeacherFaults, question: Question): 0 | 1 {
  const pair = textsOf(question).toSorted();
  return pickIndex(draw(faults, 'favoured slot', question, pair), 2) === 0 ? 0 : 1;
}

/** One of the ways in which real teachers miss the format; none of them is a readable verdict or score. */
export function malformedAnswer(faults: TeacherFaults, question: Question): string {
  const forms =
    question.kind === 'score' ? malformedScores : malformedVerdicts(question.shown.map(({ label }) => label));
  return forms[pickIndex(draw(faults, 'form', question, textsOf(question)), forms.length)] ?? '';
}

function malformedVerdicts([first = '', second = '']: readonly string[]): string[] {
  return [
    `I think that response ${first} is the better one.`,
    `{"winner": "${second}`,
    '10',
    '10/10',
    'Rating: 1 out of 10',
    `{"winner": "${first}"}\n\nIt is more polite and names the right item.`,
    `{"winner": "${first}", "winner": "${second}"}`,
    `{"winner": ["${first}", "${second}"]}`,
    '{"winner": "Q"}',
    `${second}, ${first}`,
  ];
}

/** No lone number: graders read it as a score. */
const malformedScores = [
  'I like this response.',
  '{"score": 1',
  '10/10',
  'Rating: 1 out of 10',
  '{"score": 10} because it is polite.',
  '{"score": "ten"}',
];

function textsOf(question: Question): string[] {
  return question.kind === 'score' ? [question.response] : question.shown.map(({ text }) => text);
}

function draw(faults: TeacherFaults, what: string, { kind, request }: Question, texts: readonly string[]) {
  return randomFor('teacher', faults.seed ?? 0, what, kind, contentHash(request), ...texts.map(contentHash));
}
