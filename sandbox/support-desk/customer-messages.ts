import { pickIndex, type Random, randomFor, shuffled } from '../../core/random.ts';

export const items = [
  'kettle',
  'lamp',
  'jacket',
  'blender',
  'toaster',
  'backpack',
  'chair',
  'mirror',
  'clock',
  'tent',
  'rug',
  'drill',
] as const;
export type Item = (typeof items)[number];

export const issues = ['broken', 'late', 'wrong-size', 'missing-part', 'double-charge'] as const;
export type Issue = (typeof issues)[number];

/** What a customer can write about: one issue with one item. */
export interface Case {
  readonly item: Item;
  readonly issue: Issue;
}

const openers = ['', 'Hi,', 'Hello,', 'Good morning,', 'Hello there,', 'Dear team,'];
const closers = ['', 'Can you help?', 'What can you do?', 'Please help me.', 'I am not happy.', 'Please fix this.'];

/** `*` is the item. Each phrasing holds a word of `issueSigns` of its own issue and of no other. */
const statements: Readonly<Record<Issue, readonly string[]>> = {
  broken: [
    'My * arrived broken.',
    'The * came cracked.',
    'The * stopped working after one day.',
    'My new * does not work.',
    'I found my new * broken.',
  ],
  late: [
    'My * is late.',
    'The * has not arrived.',
    'I am still waiting for my *.',
    'Where is my *?',
    'The * was due last week.',
  ],
  'wrong-size': [
    'The * is the wrong size.',
    'My * is too small.',
    'The * is too big for me.',
    'I got the * in the wrong size.',
    'The * does not fit.',
  ],
  'missing-part': [
    'A part of the * is missing.',
    'My * came without one part.',
    'A piece of my * is missing.',
    'My * has a missing piece.',
    'The * box had a missing part.',
  ],
  'double-charge': [
    'I was charged twice for the *.',
    'You charged me two times for my *.',
    'I paid twice for one *.',
    'My card shows two charges for the *.',
    'There is a double charge for my *.',
  ],
};

/** Words or phrases that tell an issue; the rule-based teacher reads them too. */
const issueSigns: Readonly<Record<Issue, readonly string[]>> = {
  broken: ['broken', 'cracked', 'stopped working', 'does not work'],
  late: ['late', 'has not arrived', 'still waiting', 'where is', 'was due'],
  'wrong-size': ['wrong size', 'too small', 'too big', 'does not fit'],
  'missing-part': ['missing', 'without', 'piece'],
  'double-charge': ['charged', 'twice', 'charges', 'double charge'],
};

export function customerMessage({ item, issue }: Case, random: Random): string {
  const statement = pick(statements[issue], random).replace('*', item);
  return sentenceCase([pick(openers, random), statement, pick(closers, random)].filter(Boolean).join(' '));
}

/** The item and the issue a text is about; the later mention wins, absent where there is none. */
export function readCase(text: string): { readonly item: Item | undefined; readonly issue: Issue | undefined } {
  const plain = ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return {
    item: latest(items, (item) => plain.lastIndexOf(` ${item} `)),
    issue: latest(issues, (issue) => Math.max(...issueSigns[issue].map((sign) => plain.lastIndexOf(` ${sign} `)))),
  };
}

/**
 * The 60 cases, split: 15 are held out of both the pre-training text and the train prompts, so that held-out prompts
 * show whether the student puts together what it learned apart. Each issue loses 3 items; each item 1 or 2 issues.
 */
export function splitCases(): { readonly train: readonly Case[]; readonly heldOut: readonly Case[] } {
  const order = shuffled(items, randomFor('support-desk', 'split'));
  const isHeldOut = ({ item, issue }: Case): boolean =>
    (order.indexOf(item) + items.length - issues.indexOf(issue) * 3) % items.length < 3;
  const all = items.flatMap((item) => issues.map((issue) => ({ item, issue })));
  return { train: all.filter((one) => !isHeldOut(one)), heldOut: all.filter(isHeldOut) };
}

export function pick<T>(choices: readonly T[], random: Random): T {
  return choices[pickIndex(random, choices.length)] as T;
}

/** Capitals where the decoder puts them: after a sentence's end; `Hi, my kettle` has one. */
export function sentenceCase(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/(^|[.!?] )(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
    .replaceAll(/\bi\b/g, 'I');
}

function latest<T>(choices: readonly T[], position: (choice: T) => number): T | undefined {
  const found = choices.map((choice) => ({ choice, at: position(choice) })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => b.at - a.at)[0]?.choice;
}
