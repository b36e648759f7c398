import type { Random } from '../../core/random.ts';
import { type Case, type Issue, type Item, items, pick, sentenceCase } from './customer-messages.ts';

/** What the base student mixes: only the first kind is right. */
export const replyKinds = ['good', 'rude', 'wrong-item', 'vague'] as const;
export type ReplyKind = (typeof replyKinds)[number];

const openingsWithItem = [
  'I am sorry about your *.',
  'We are sorry about the *.',
  'So sorry to hear about your *.',
  'Thank you for telling us about the *.',
  'We apologise for the trouble with your *.',
  'I apologise for the *.',
];
const openingsWithoutItem = [
  'I am so sorry.',
  'Hello, and sorry for the trouble.',
  'Thank you for your message.',
  'We apologise.',
  'Sorry about that!',
];
const closings = [
  '',
  '',
  'Thank you for your patience.',
  'Let us know if we can help.',
  'Have a good day.',
  'Kind regards.',
  'All the best!',
];

/** The concrete action for each issue: without the item, and naming it. */
const actions: Readonly<Record<Issue, readonly (readonly [string, string])[]>> = {
  broken: [
    ['We will send a replacement today.', 'We will send a replacement for your * today.'],
    ['A replacement is on its way.', 'A replacement * is on its way.'],
    ['We will replace it for free.', 'We will replace the * for free.'],
  ],
  late: [
    ['We will track the parcel now.', 'We will track the * now.'],
    ['It goes out by express today.', 'Your * goes out by express today.'],
    ['Our team will track it today.', 'Our team will track your * today.'],
  ],
  'wrong-size': [
    ['We will exchange it for free.', 'We will exchange the * for free.'],
    ['You can swap it for the right size.', 'You can swap the * for the right size.'],
    ['Our team will exchange it today.', 'Our team will exchange your * today.'],
  ],
  'missing-part': [
    ['We will send a spare part today.', 'We will send a spare part for the * today.'],
    ['The spare part is on its way.', 'The spare part for your * is on its way.'],
    ['You will get a spare for free.', 'You will get a spare for the * for free.'],
  ],
  'double-charge': [
    ['We will refund the second charge today.', 'We will refund the second charge for the * today.'],
    ['Your refund is on its way.', 'Your refund for the * is on its way.'],
    ['You will get your money back today.', 'You will get your money back for the * today.'],
  ],
};

const rudeStarts = [
  'That is your own fault.',
  'Stop complaining about the *.',
  'What a stupid question.',
  'Nobody cares about your *.',
  'Do not bother us with your *.',
  'Read the manual, you fool.',
  'Nonsense, the * is fine.',
];
const rudeEnds = ['', 'Whatever.', 'Go away.', 'We will do nothing.', 'Stop complaining.'];

const vagueSentences = [
  'We will look into it.',
  'Someone will get back to you soon.',
  'Thank you for your message.',
  'We take this very seriously.',
  'Please wait a few days.',
  'Your message is important to us.',
  'We are sorry to hear that.',
];

export function reply(kind: ReplyKind, { item, issue }: Case, random: Random): string {
  switch (kind) {
    case 'good':
      return write(helpful(issue, random), item);
    case 'wrong-item':
      return write(
        helpful(issue, random),
        pick(
          items.filter((other) => other !== item),
          random,
        ),
      );
    case 'rude':
      return write(rude(issue, random), item);
    case 'vague':
      return write(vague(random), item);
  }
}

/** The item is named in the opening or in the action; sometimes in both. */
function helpful(issue: Issue, random: Random): string[] {
  const [plain, naming] = pick(actions[issue], random);
  const closing = pick(closings, random);
  if (random.next() < 0.5) return [pick(openingsWithoutItem, random), naming, closing];
  return [pick(openingsWithItem, random), plain, closing];
}

function rude(issue: Issue, random: Random): string[] {
  const start = pick(rudeStarts, random);
  // Now and then a rude reply does help, so that politeness and help are told apart.
  if (random.next() < 0.25) return [start, pick(actions[issue], random)[0]];
  return [start, pick(rudeEnds, random)];
}

function vague(random: Random): string[] {
  const first = pick(vagueSentences, random);
  const second = pick(
    vagueSentences.filter((sentence) => sentence !== first),
    random,
  );
  return random.next() < 0.4 ? [first, pick(closings, random)] : [first, second, pick(closings, random)];
}

function write(sentences: readonly string[], item: Item): string {
  return sentenceCase(sentences.filter(Boolean).join(' ').replaceAll('*', item));
}
