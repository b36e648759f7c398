import type { ProgressEvent } from '../../core/ports.ts';
import { duration, money } from '../figures.ts';

const titles: Readonly<Record<string, string>> = {
  'sample-responses': 'Sample responses',
  'judge-responses': 'Judge responses',
  training: 'Train candidate',
  'evaluate-candidate': 'Evaluate candidate',
};

/** How far one step of one round is, its shards together. */
export class StepProgress {
  readonly title: string;
  readonly round: number;
  readonly #begun: number;
  #of = 1;
  /** Done when this process began, by shard: resumed work says nothing about the rate. */
  readonly #before = new Map<number, number>();
  readonly #shards = new Map<number, { done: number; usd: number }>();

  constructor({ step, round }: ProgressEvent, now: number) {
    this.title = (titles[step] ?? step).padEnd(18);
    this.round = round;
    this.#begun = now;
  }

  take({ shard, done, of, usd }: ProgressEvent): void {
    if (!this.#before.has(shard)) this.#before.set(shard, done);
    this.#shards.set(shard, { done, usd });
    this.#of = of;
  }

  get isComplete(): boolean {
    return this.#done >= this.#of;
  }

  /** 0 to 1; undefined for one thing that is done or not, as a training that tells no steps. */
  get share(): number | undefined {
    return this.#of === 1 ? undefined : this.#done / this.#of;
  }

  /** `   24/192   48/s  $0.0004  12 s left`: columns of even width, so that lines below each other align. `time` says something else there. */
  figures(now: number, time = this.#time(now)): string {
    const count = this.#of === 1 ? '' : `${this.#done}/${this.#of}`;
    return `${count.padStart(9)}  ${this.#rateInWords(now).padStart(5)}  ${this.#usdInWords.padStart(7)}  ${time}`;
  }

  #time(now: number): string {
    const rate = this.#rate(now);
    if (this.isComplete) return this.#fresh === 0 ? 'already done' : duration(this.#seconds(now));
    if (this.share === undefined) return duration(this.#seconds(now));
    return rate > 0 ? `${duration((this.#of - this.#done) / rate)} left` : '';
  }

  #rateInWords(now: number): string {
    const rate = this.#rate(now);
    if (rate === 0 || this.share === undefined) return '';
    return `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`;
  }

  get #usdInWords(): string {
    const usd = sum([...this.#shards.values()].map((shard) => shard.usd));
    return usd === 0 ? '' : money(usd);
  }

  #rate(now: number): number {
    const seconds = this.#seconds(now);
    return seconds > 0 ? this.#fresh / seconds : 0;
  }

  #seconds(now: number): number {
    return (now - this.#begun) / 1000;
  }

  get #fresh(): number {
    return this.#done - sum([...this.#before.values()]);
  }

  get #done(): number {
    return sum([...this.#shards.values()].map(({ done }) => done));
  }
}

/** Finds the step of an event, or begins it. */
export function stepsByKey(now: () => number): (event: ProgressEvent) => StepProgress {
  const steps = new Map<string, StepProgress>();
  return (event) => {
    const key = `${event.round}/${event.step}`;
    const step = steps.get(key) ?? new StepProgress(event, now());
    steps.set(key, step);
    return step;
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
