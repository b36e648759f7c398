/** How an answer left the endpoint: `congested` where it said that it is too many (408, 429, 503, 529). */
export type Answered = 'well' | 'congested';

/** Fewer calls say too little about their share. */
const FEWEST_CALLS = 10;
/** Of a cohort; one call that hangs must not keep the limit from following the others. */
const SHARE_ANSWERED = 0.9;
/** Growth a cohort without congestion; each per cent of congestion takes one off. */
const GROWTH = 0.15;

/**
 * How many calls may be under way at once. After a cohort of about as many calls as that, a congested share s makes the
 * limit (1 − s / 2) times itself, as DCTCP does (RFC 8257), and growth carries it back to `most`. So a sprinkling of random
 * refusals (up to about a tenth) costs nothing, and an endpoint that bears a fifth is found within a few cohorts.
 *
 * Calls that begin after the cohort is full are not counted: refusals come at once and answers later, so the first answers of
 * a time are mostly refusals, whatever their share is.
 */
export class AdaptiveLimit {
  readonly #most: number;
  #limit: number;
  #cohort: Cohort;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
    this.#cohort = new Cohort(this.limit);
  }

  /** Whole calls, 1 at least. */
  get limit(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** A call begins; give the answer to what comes back. It gives the congested share of a cohort that ends with it. */
  begin(): (how: Answered) => number | undefined {
    const cohort = this.#cohort;
    if (!cohort.takes()) return () => undefined;
    return (how) => {
      const share = cohort.answered(how);
      // A straggler of an earlier cohort says nothing of this limit.
      if (share === undefined || cohort !== this.#cohort) return undefined;
      this.#follow(share);
      this.#cohort = new Cohort(this.limit);
      return share;
    };
  }

  #follow(share: number): void {
    this.#limit *= (1 - share / 2) * (1 + Math.max(0, GROWTH - share));
    // Where the limit is small its growth is less than one call.
    if (share === 0) this.#limit = Math.max(this.#limit, this.limit + 1);
    this.#limit = Math.min(this.#most, Math.max(1, this.#limit));
  }
}

class Cohort {
  readonly #size: number;
  #begun = 0;
  #answered = 0;
  #congested = 0;

  constructor(limit: number) {
    this.#size = Math.max(FEWEST_CALLS, limit);
  }

  takes(): boolean {
    if (this.#begun === this.#size) return false;
    this.#begun++;
    return true;
  }

  /** The congested share, once it is known. */
  answered(how: Answered): number | undefined {
    this.#answered++;
    if (how === 'congested') this.#congested++;
    return this.#answered >= SHARE_ANSWERED * this.#size ? this.#congested / this.#answered : undefined;
  }
}
