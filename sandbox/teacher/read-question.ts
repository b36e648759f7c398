import { type ChatRequest, chatText } from '../server/chat-model.ts';

/** A response as the teacher is shown it: its label and its text. */
export interface Shown {
  readonly label: string;
  readonly text: string;
}

/** One of the product's three judge prompts (core/judging/judge-prompt.ts), taken apart. */
export type Question =
  | { readonly kind: 'comparison'; readonly request: string; readonly shown: readonly [Shown, Shown] }
  | { readonly kind: 'critique'; readonly request: string; readonly shown: readonly [Shown, Shown] }
  | { readonly kind: 'score'; readonly request: string; readonly response: string };

interface Fence {
  readonly what: string;
  readonly label: string;
  readonly text: string;
}

/** What the judge prompts end with, outside all fences: it tells which of them this is. */
const endings = {
  comparison: 'Which response is better?',
  critique: 'Criticise each response.',
  score: 'Score the response.',
} as const;

/**
 * Reads the fenced data and the labels, and nothing else: the rubric is not needed, and what stands inside a fence is
 * never read as anything but data. Undefined for any other request.
 */
export function readQuestion({ messages }: ChatRequest): Question | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'user') return undefined;
  const { fences, rest } = readFences(chatText(last));
  const [first, ...more] = fences.filter(({ what }) => what !== 'reference');
  const [one, other] = more;
  if (first?.what !== 'request' || !one || more.some(({ what }) => what !== 'response')) return undefined;

  const request = first.text;
  if (rest === endings.score && more.length === 1) return { kind: 'score', request, response: one.text };
  if (!other || more.length > 2) return undefined;
  if (rest === endings.comparison) return { kind: 'comparison', request, shown: [one, other] };
  if (rest === endings.critique) return { kind: 'critique', request, shown: [one, other] };
  return undefined;
}

/**
 * The fences in order, and what follows them. The nonce is that of the fence which opens the text, before any foreign
 * word; only fences that bear it count, so a fence inside a response is part of that response.
 */
function readFences(text: string): { fences: Fence[]; rest: string } {
  const nonce = /^<<<request (\S+)>>>\n/.exec(text)?.[1];
  const fences: Fence[] = [];
  let rest = text;
  while (nonce !== undefined) {
    const [head, what, label, borne] = /^<<<(\w+)(?: (\S+))? (\S+)>>>\n/.exec(rest) ?? [];
    if (head === undefined || what === undefined || borne !== nonce) break;
    const closing = `\n<<<end ${head.slice(3, -1)}`;
    const end = rest.indexOf(closing, head.length);
    if (end < 0) break;
    fences.push({ what, label: label ?? '', text: rest.slice(head.length, end) });
    rest = rest.slice(end + closing.length).trimStart();
  }
  return { fences, rest };
}
