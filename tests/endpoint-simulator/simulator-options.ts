import type { Call } from './read-call.ts';

/** How the simulated endpoint behaves; without options it is sound and answers at once. All but `when` can be JSON. */
export interface SimulatorOptions {
  /** Of all that it draws. */
  readonly seed?: number;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Before each answer but a 429; lognormal around the median where sigma is given. */
  readonly latency?: { readonly medianMilliseconds: number; readonly sigma?: number };
  readonly limits?: RateLimits;
  /** How far its clock is ahead: in the Date header, and in Retry-After as a date. */
  readonly clockSkewSeconds?: number;
  /** What goes wrong on the wire: drawn afresh at each attempt of a call. The first that strikes is the only one. */
  readonly wire?: readonly Planted<WireFault>[];
  /** What is wrong with what a model writes: comes again with the same call. Each strikes by itself. */
  readonly choices?: readonly Planted<ChoiceFault>[];
  /** What is wrong with the teacher's judgement: comes again with the same texts. The first that strikes is the only one. */
  readonly verdicts?: readonly Planted<VerdictFault>[];
}

/** Of each model by itself: token buckets that refill steadily. Every answer tells them in its x-ratelimit-* headers. */
export interface RateLimits {
  readonly requestsPerMinute?: number;
  /** Sent and received, as the usage of each answer has them. */
  readonly tokensPerMinute?: number;
  /** A full bucket holds the allowance of so many seconds; 60 by default. */
  readonly burstSeconds?: number;
}

export type Role = 'student' | 'teacher';

export type Planted<Fault> = Fault & {
  /** From 0 to 1, of what the fault can strike: attempts, choices, calls or questions. */
  readonly share: number;
  /** Whose calls it strikes; both by default. */
  readonly on?: Role;
  /** A rule beside the share. */
  readonly when?: (call: Call) => boolean;
};

export type WireFault =
  | {
      readonly fault: 'too-many-requests';
      readonly retryAfter: 'seconds' | 'date' | 'milliseconds' | 'none';
      readonly waitSeconds?: number;
    }
  | { readonly fault: 'server-error'; readonly status: 500 | 502 | 503 | 529 }
  /** The headers at once, then a few bytes at a time. */
  | { readonly fault: 'slow-drip'; readonly bytes: number; readonly everyMilliseconds: number }
  /** A sound answer with a junk field before all others. */
  | { readonly fault: 'huge-body'; readonly megabytes: number }
  | { readonly fault: PlainFault };

export type PlainFault =
  | 'hang' // never answers
  | 'reset' // the socket is destroyed in the middle of the body
  | 'truncated-json' // the content length fits the cut body
  | 'html' // status 200 and a page of HTML
  | 'text-plain' // a sound answer, declared as text/plain
  | 'empty-choices'
  | 'other-model' // another name in `model`
  | 'no-usage';

export interface ChoiceFault {
  readonly fault:
    | 'cut-off' // half of the text, and finish_reason length
    | 'refusal'
    | 'instruction' // a student's response also instructs the judge, in one of several wordings
    | 'unknown-instruction' // the same in a wording that the product does not know
    | 'fewer-choices' // half of n, at least one
    | 'duplicate-choices'; // n times the first
}

export interface VerdictFault {
  readonly fault: FormFault | JudgementFault;
}

/** The judgement is sound, the form is not what was asked for. */
export type FormFault =
  | 'malformed' // JSON that breaks off
  | 'prose' // words around the asked-for JSON, and before it the same with the wrong winner
  | 'other-order' // the second shown is named first: scores by label instead of a winner; critiques that are as asked for
  | 'unknown-id'
  | 'ten' // 10
  | 'ten-of-ten' // 10/10
  | 'one-of-ten'; // Rating: 1 out of 10

/** The form is as asked for, the judgement is not sound; each order of two texts is drawn by itself. Critiques stay as they are. */
export type JudgementFault =
  | 'tie'
  | 'first-slot' // the first shown wins, whatever the truth
  | 'contradictory' // of two texts always the first shown or always the second, so that the orders contradict each other
  | 'turned' // the worse one wins
  | 'obeys'; // a response that instructs the judge wins
