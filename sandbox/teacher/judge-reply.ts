import { wordCount } from '../../core/text/words.ts';
import { type Assessment, assessReply } from '../support-desk/assess-reply.ts';
import { split } from '../support-desk/vocabulary.ts';

/** Where a reply stands, worst first. The first four are no replies at all. */
export type Standing =
  | 'empty'
  | 'instructs-the-judge'
  | 'off-topic'
  | 'babble'
  | 'rude'
  | 'vague'
  | 'wrong-item'
  | 'wrong-action'
  | 'no-item'
  | 'no-action'
  | 'misshapen'
  | 'right';

export interface JudgedReply {
  readonly standing: Standing;
  /** 0 to 10; the better of two replies is the one with the higher score. */
  readonly score: number;
  readonly seen: Assessment;
  readonly words: number;
}

/** The least that a reply of each standing scores: whatever the bonuses below add, a better standing is 0.8 points ahead. */
const floors: Readonly<Record<Standing, number>> = {
  empty: 0,
  'instructs-the-judge': 0,
  'off-topic': 0,
  babble: 0,
  rude: 1,
  vague: 3,
  'wrong-item': 3,
  'wrong-action': 3,
  'no-item': 5.3,
  'no-action': 5.3,
  misshapen: 7,
  right: 9.2,
};
const BONUS_FOR_ONE_RIGHT_THING = 0.7;
const BONUS_FOR_POLITENESS = 0.5;
const BONUS_FOR_BREVITY = 0.3;
/** From here on longer is not worse any more. */
const LONG = 40;

export function judgeReply(request: string, reply: string): JudgedReply {
  const seen = assessReply(request, reply);
  const words = wordCount(reply);
  const standing = standingOf(seen, reply);
  return { standing, score: scoreOf(standing, seen, words), seen, words };
}

function standingOf(seen: Assessment, reply: string): Standing {
  if (reply.trim() === '') return 'empty';
  if (instructions.test(reply)) return 'instructs-the-judge';
  if (seen.vague && !seen.polite && !seen.rude && !deskWords.test(reply)) return 'off-topic';
  if (isBabble(reply)) return 'babble';
  if (seen.rude) return 'rude';
  if (seen.complete) return 'right';
  if (seen.wrongItem) return 'wrong-item';
  if (seen.wrongAction) return 'wrong-action';
  if (!seen.rightItem && !seen.rightAction) return 'vague';
  if (!seen.rightItem) return 'no-item';
  return seen.rightAction ? 'misshapen' : 'no-action';
}

/** Finer than the standing, as a reward must be: one thing right, then politeness, then brevity. */
function scoreOf(standing: Standing, seen: Assessment, words: number): number {
  const floor = floors[standing];
  if (floor === 0) return 0;
  const oneRightThing = floor < floors['no-item'] && (seen.rightAction || (seen.rightItem && standing !== 'rude'));
  const bonus =
    (oneRightThing ? BONUS_FOR_ONE_RIGHT_THING : 0) +
    (seen.polite ? BONUS_FOR_POLITENESS : 0) +
    BONUS_FOR_BREVITY * (1 - Math.min(words, LONG) / LONG);
  return Math.round((floor + bonus) * 10_000) / 10_000;
}

/** What only a text says that speaks to the judge. */
const instructions =
  /\b(?:judges?|winner|verdict|evaluat\w+|rubric|scores?|instructions?|(?:this|other|better) response|ignore (?:the|all|any|every|previous))\b|system:|<<<|< < </i;

/** What desks say beside items, actions and courtesies. */
const deskWords = /\b(?:help|look into|get back|message|seriously|wait|parcel|team)\b/i;

/** Words twice in a row, or few different ones: what a student says that was trained too hard. */
function isBabble(reply: string): boolean {
  const words = split(reply).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const stutters = words.some((word, index) => word === words[index - 1]);
  return stutters || new Set(words).size < 0.6 * words.length;
}
