import type { Check } from '../../core/checks/check.ts';
import { isFullyRight, runChecks } from '../../core/checks/run-checks.ts';
import { type Issue, type Item, items, readCase } from './customer-messages.ts';

/** Any of these is the concrete action that the issue calls for. Customers use none of them. */
const actionWords: Readonly<Record<Issue, readonly string[]>> = {
  broken: ['replacement', 'replace'],
  late: ['track', 'express'],
  'wrong-size': ['exchange', 'swap'],
  'missing-part': ['spare part', 'spare'],
  'double-charge': ['refund', 'money back'],
};

export const rudeWords = [
  'fault',
  'complaining',
  'stupid',
  'nobody',
  'bother',
  'fool',
  'nonsense',
  'whatever',
  'go away',
  'nothing',
];

const politeWords = ['sorry', 'apologise', 'thank you', 'regards', 'good day', 'the best', 'please', 'patience'];

/** What any reply must look like, whatever it says. Train prompts carry these alone: the teacher judges the rest. */
export const formChecks: Check[] = [
  { kind: 'words', min: 6, max: 30 },
  { kind: 'ends-with', any: ['.', '!'] },
];

/** All that makes a reply fully right. Held-out prompts carry these: they are the planted truth. */
export function fullChecks(item: Item, issue: Issue): Check[] {
  return [
    ...formChecks,
    { kind: 'mentions', all: [item] },
    { kind: 'avoids', words: items.filter((other) => other !== item) },
    { kind: 'mentions', any: [...actionWords[issue]] },
    { kind: 'avoids', words: [...rudeWords] },
  ];
}

export interface Assessment {
  /** What the customer writes about; absent if the text is not about a known case. */
  readonly item: Item | undefined;
  readonly issue: Issue | undefined;
  readonly wellFormed: boolean;
  readonly rightItem: boolean;
  /** Names an item the customer did not write about. */
  readonly wrongItem: boolean;
  readonly rightAction: boolean;
  /** Promises the action of another issue, and not the right one. */
  readonly wrongAction: boolean;
  readonly rude: boolean;
  /** Neither an item nor any concrete action. */
  readonly vague: boolean;
  readonly polite: boolean;
  /** Fully right: passes every check of `fullChecks`. */
  readonly complete: boolean;
}

/** What is right and wrong with a reply, by rule; the rule-based teacher judges from it. */
export function assessReply(customerText: string, replyText: string): Assessment {
  const { item, issue } = readCase(customerText);
  const mentionsAny = (words: readonly string[]): boolean =>
    runChecks([{ kind: 'mentions', any: [...words] }], replyText).passed === 1;
  const rightItem = item !== undefined && mentionsAny([item]);
  const wrongItem = mentionsAny(items.filter((other) => other !== item));
  const rightAction = issue !== undefined && mentionsAny(actionWords[issue]);
  const anyAction = mentionsAny(Object.values(actionWords).flat());
  const rude = mentionsAny(rudeWords);
  return {
    item,
    issue,
    wellFormed: isFullyRight(runChecks(formChecks, replyText)),
    rightItem,
    wrongItem,
    rightAction,
    wrongAction: anyAction && !rightAction,
    rude,
    vague: !anyAction && !rightItem && !wrongItem,
    polite: !rude && mentionsAny(politeWords),
    complete: item !== undefined && issue !== undefined && isFullyRight(runChecks(fullChecks(item, issue), replyText)),
  };
}
