import * as z from 'zod';
import type { TeacherAnswer, TokenLogprob } from '../ports.ts';
import type { JudgeQuestion } from './judge-prompt.ts';
import type { AbstentionReason, Comparison } from './verdict.ts';

const winnerAnswer = z.strictObject({ winner: z.string() });

/**
 * Reads a teacher's answer to a comparison. What is not exactly the asked-for JSON naming a response that was shown is
 * an abstention with its reason: prose is never searched for something that looks like a verdict.
 */
export function readComparison(answer: TeacherAnswer, question: JudgeQuestion): Comparison {
  const [first, second] = [...question.labels.values()] as [string, string];
  const compared: [string, string] = [first, second];
  const abstain = (reason: AbstentionReason): Comparison => ({
    kind: 'abstention',
    compared,
    reason,
    said: (answer.text ?? '').slice(0, 200),
  });

  const silence = reasonForSilence(answer);
  if (silence) return abstain(silence);
  const read = winnerAnswer.safeParse(strictJson(answer.text ?? ''));
  if (!read.success) return abstain(answer.finish === 'length' ? 'cut-off' : 'unreadable');

  const label = read.data.winner.trim();
  if (label.toLowerCase() === 'tie') return { kind: 'verdict', compared, winner: 'tie', decidedBy: 'teacher' };
  const winner = question.labels.get(label);
  if (winner === undefined) return abstain('unknown-response');

  const other = [...question.labels.keys()].find((name) => name !== label) as string;
  const probability = answer.logprobs && probabilityOf(label, other, answer.logprobs);
  return {
    kind: 'verdict',
    compared,
    winner,
    decidedBy: 'teacher',
    ...(probability === undefined ? {} : { probability }),
  };
}

/** Critiques by response id; undefined when the answer isn't the asked-for JSON with a text for both. */
export function readCritiques(answer: TeacherAnswer, question: JudgeQuestion): ReadonlyMap<string, string> | undefined {
  if (reasonForSilence(answer)) return undefined;
  const names = [...question.labels.keys()];
  const shape = z.looseObject(Object.fromEntries(names.map((name) => [name, z.string().trim().min(1)])));
  const read = shape.safeParse(strictJson(answer.text ?? ''));
  if (!read.success) return undefined;
  return new Map(names.map((name) => [question.labels.get(name) as string, read.data[name] as string]));
}

function reasonForSilence(answer: TeacherAnswer): AbstentionReason | undefined {
  if (answer.finish === 'refusal' || answer.finish === 'filtered') return 'refused';
  if (answer.finish === 'rejected') return 'rejected';
  if (answer.text === undefined || answer.text.trim() === '') return 'empty';
  return undefined;
}

/** The value of a text that is one JSON value, alone or in one code fence; a key that stands twice makes it unreadable. */
function strictJson(text: string): unknown {
  const bare = /^```(?:json)?[^\S\n]*\n([\s\S]*?)\n?```$/.exec(text.trim())?.[1] ?? text;
  try {
    const value: unknown = JSON.parse(bare);
    return hasRepeatedKey(bare) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Of valid JSON. An escaped key is the same key, so keys are compared as parsed. */
function hasRepeatedKey(json: string): boolean {
  const keys = [...json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:)?/g)].flatMap(([, key, colon]) =>
    key !== undefined && colon ? [JSON.parse(key)] : [],
  );
  return new Set(keys).size < keys.length;
}

/**
 * P(label) between the two labels, from the log-probabilities of the token that carries the verdict (RLAIF,
 * arXiv 2309.00267). Where the other label is not among the alternatives, the least likely one shown bounds it; where none
 * is shown beside the label itself, nothing is known.
 */
function probabilityOf(label: string, other: string, tokens: readonly TokenLogprob[]): number | undefined {
  const bare = (token: string) => token.replaceAll(/["\s{}:]/g, '');
  const verdict = tokens.findLast((token) => bare(token.token) === label);
  const rivals = verdict?.alternatives.filter(({ token }) => bare(token) !== label) ?? [];
  if (!verdict || rivals.length === 0) return undefined;
  const rival = rivals.find(({ token }) => bare(token) === other);
  const otherLogprob = rival?.logprob ?? Math.min(...rivals.map(({ logprob }) => logprob));
  return 1 / (1 + Math.exp(otherLogprob - verdict.logprob));
}
