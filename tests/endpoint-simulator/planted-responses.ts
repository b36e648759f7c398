import type { Prompt } from '../../core/prompt.ts';
import { contentHash, pickIndex, type Random, randomFor, shuffled } from '../../core/random.ts';
import type { Call } from './read-call.ts';

/**
 * The planted truth: a good response states three facts, and its quality is how many of them it states, 0 to 3. Anybody can
 * read it back from the text. What is not stated is talked around in as many words, so that length tells nothing.
 */
export function qualityOf(text: string): number {
  return facts.filter(({ stated }) => stated.test(text)).length;
}

/** Prompts for a loop; each one asks for the three facts. */
export function plantedPrompts(count: number): Prompt[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `planted-${index}`,
    messages: [
      {
        role: 'user',
        content: `Case ${index}. What does the ${things[index % things.length]} cost, how heavy is it, and how long is its warranty?`,
      },
    ],
  }));
}

/** The response of a model to a prompt: a function of model, messages, seed and index. Those of one call are distinct up to 8. */
export function plantedResponse(call: Call, messagesHash: string, index: number): string {
  const random = randomFor(call.model, messagesHash, call.seed ?? 'no seed', index);
  const quality = pickIndex(random, facts.length + 1);
  const order = shuffled(facts, random);
  const sentences = shuffled(
    order.map((fact, place) => (place < quality ? statement(fact, random) : pick(fact.vague, random))),
    random,
  );
  const first = pickIndex(randomFor(call.model, messagesHash, call.seed ?? 'no seed'), openings.length);
  const opening = openings[(first + index) % openings.length];
  return `${opening} ${referenceIn(messagesHash)} ${sentences.join(' ')} ${pick(closings, random)}`;
}

export function hashOfMessages({ messages }: Pick<Call, 'messages'>): string {
  return contentHash(JSON.stringify(messages));
}

/** Whether it was written to these messages and to no others. */
export function isResponseTo(messages: Call['messages'], text: string): boolean {
  return text.includes(referenceIn(hashOfMessages({ messages })));
}

function referenceIn(messagesHash: string): string {
  return `Ref ${messagesHash.slice(0, 8)}.`;
}

interface Fact {
  readonly name: string;
  readonly stated: RegExp;
  readonly says: (amount: number) => string;
  readonly before: readonly string[];
  readonly vague: readonly string[];
}

const facts: readonly Fact[] = [
  {
    name: 'price',
    stated: /\bcosts \d+ euros\b/,
    says: (amount) => `it costs ${20 + amount} euros.`,
    before: ['Right now', 'This week', 'In our shop', 'As listed,'],
    vague: [
      'The price is hard to say.',
      'Ask somebody about the price.',
      'What it costs may change.',
      'It is not too dear.',
    ],
  },
  {
    name: 'weight',
    stated: /\bweighs \d+ kilos\b/,
    says: (amount) => `it weighs ${1 + (amount % 9)} kilos.`,
    before: ['All in all', 'Without its box', 'On our scales', 'As measured,'],
    vague: [
      'The weight is hard to say.',
      'Nobody here knows the weight.',
      'One person can carry it.',
      'It is not too heavy.',
    ],
  },
  {
    name: 'warranty',
    stated: /\bwarranty of \d+ years\b/,
    says: (amount) => `it has a warranty of ${2 + (amount % 4)} years.`,
    before: ['Of course', 'By law', 'From us', 'As printed,'],
    vague: [
      'There is some kind of warranty on it.',
      'The papers may say more about the warranty.',
      'It will surely last for a long time.',
      'We have not heard of any broken ones.',
    ],
  },
];

/** Which facts a text states and which it leaves out, by name. */
export function factsIn(text: string): { readonly stated: readonly string[]; readonly missing: readonly string[] } {
  const stated = facts.filter((fact) => fact.stated.test(text)).map(({ name }) => name);
  return { stated, missing: facts.map(({ name }) => name).filter((name) => !stated.includes(name)) };
}

const things = ['kettle', 'toaster', 'lamp', 'radio', 'drill', 'clock', 'heater', 'blender', 'printer', 'vacuum'];
const openings = [
  'Good day to you!',
  'Thank you for asking.',
  'Here is what we know.',
  'Gladly, dear customer.',
  'A good question indeed.',
  'Let me tell you.',
  'Hello and welcome back.',
  'We looked it up.',
];
const closings = ['Have a nice day!', 'Write to us again.', 'Best wishes from us.', 'Anything else, just ask.'];

function statement(fact: Fact, random: Random): string {
  return `${pick(fact.before, random)} ${fact.says(pickIndex(random, 60))}`;
}

function pick(texts: readonly string[], random: Random): string {
  return texts[pickIndex(random, texts.length)] as string;
}
