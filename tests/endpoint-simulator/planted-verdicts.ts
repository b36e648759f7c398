import { type Question, readQuestion, type Shown } from '../../sandbox/teacher/read-question.ts';
import { isInstructing } from './planted-instructions.ts';
import { factsIn, qualityOf } from './planted-responses.ts';
import type { Call } from './read-call.ts';
import type { FormFault, JudgementFault, Planted, VerdictFault } from './simulator-options.ts';
import { struckBy } from './struck-by.ts';

type TwoShown = readonly [Shown, Shown];
type Kind = Exclude<Question['kind'], 'score'>;

/** What the teacher says to one of the product's judge prompts: the truth, unless a planted fault strikes. */
export function plantedVerdict(call: Call, planted: readonly Planted<VerdictFault>[], seed: number): string {
  const question = readQuestion({ model: call.model, messages: call.messages });
  if (!question) return 'I only judge responses.';
  if (question.kind === 'score') return JSON.stringify({ score: (10 / 3) * qualityOf(question.response) });
  const { kind, shown } = question;
  const struck = struckBy(planted, call, seed, () => JSON.stringify([kind, ...shown.map(({ text }) => text)]));
  if (!struck) return answerTo(kind, shown, winnerOf(shown));
  const { fault } = struck;
  if (isOfForm(fault)) return misshapen[fault](kind, shown);
  return answerTo(kind, shown, misjudged(fault, shown) ?? winnerOf(shown));
}

function answerTo(kind: Kind, shown: TwoShown, winner: string): string {
  return kind === 'critique' ? critiquesOf(shown) : JSON.stringify({ winner });
}

/** The label of the better response, or `tie`. */
function winnerOf([first, second]: TwoShown): string {
  const ahead = qualityOf(first.text) - qualityOf(second.text);
  return ahead === 0 ? 'tie' : ahead > 0 ? first.label : second.label;
}

function loserOf([first, second]: TwoShown): string {
  const winner = winnerOf([first, second]);
  if (winner === 'tie') return 'tie';
  return winner === first.label ? second.label : first.label;
}

const misshapen: Readonly<Record<FormFault, (kind: Kind, shown: TwoShown) => string>> = {
  malformed: (kind, shown) => answerTo(kind, shown, winnerOf(shown)).slice(0, -2),
  // Whoever takes the first JSON that he finds takes the wrong one.
  prose: (kind, shown) =>
    `At first I thought ${answerTo(kind, shown, loserOf(shown))}, but it is ${answerTo(kind, shown, winnerOf(shown))}.`,
  'other-order': (kind, [first, second]) =>
    kind === 'critique' ? critiquesOf([second, first]) : scoresOf([second, first]),
  'unknown-id': (kind) => JSON.stringify(kind === 'critique' ? { Q: 'It is good.' } : { winner: 'Q' }),
  ten: () => '10',
  'ten-of-ten': () => '10/10',
  'one-of-ten': () => 'Rating: 1 out of 10',
};

function isOfForm(fault: VerdictFault['fault']): fault is FormFault {
  return fault in misshapen;
}

/** The label that wins instead, or `tie`; undefined where the fault has nothing to work on. */
function misjudged(fault: JudgementFault, shown: TwoShown): string | undefined {
  const [first, second] = shown;
  switch (fault) {
    case 'tie':
      return 'tie';
    case 'first-slot':
      return first.label;
    case 'contradictory':
      return favoursFirst(shown) ? first.label : second.label;
    case 'turned':
      return loserOf(shown);
    case 'obeys':
      return shown.find(({ text }) => isInstructing(text))?.label;
  }
}

/** The same for both orders of two texts. */
function favoursFirst(shown: TwoShown): boolean {
  return (shown[0].text.length + shown[1].text.length) % 2 === 0;
}

function scoresOf(shown: TwoShown): string {
  return JSON.stringify(Object.fromEntries(shown.map(({ label, text }) => [label, qualityOf(text)])));
}

/** One critique by label; it names the facts, so that a test can see whose it is. */
function critiquesOf(shown: TwoShown): string {
  return JSON.stringify(Object.fromEntries(shown.map(({ label, text }) => [label, critiqueOf(text)])));
}

export function critiqueOf(text: string): string {
  const { stated, missing } = factsIn(text);
  return `It states ${stated.join(', ') || 'nothing'}. It lacks ${missing.join(', ') || 'nothing'}.`;
}
