import { styleText } from 'node:util';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { ProgressEvent, ProgressListener } from '../core/ports.ts';

/** Draws what a run is doing: bars in a terminal, plain lines elsewhere, JSON lines for machines. */
export interface ProgressDisplay extends ProgressListener {
  /** A state of the workflow is entered. */
  state(name: string): void;
  /** A line that stays. */
  say(line: string): void;
  close(): void;
}

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
  readonly of: number;
  readonly #begun: number;
  /** Done when this process began, by shard: resumed work says nothing about the rate. */
  readonly #before = new Map<number, number>();
  readonly #shards = new Map<number, { done: number; usd: number }>();

  constructor({ step, round, of }: ProgressEvent, now: number) {
    this.title = titles[step] ?? step;
    this.round = round;
    this.of = of;
    this.#begun = now;
  }

  take({ shard, done, usd }: ProgressEvent): void {
    if (!this.#before.has(shard)) this.#before.set(shard, done);
    this.#shards.set(shard, { done, usd });
  }

  get done(): number {
    return sum([...this.#shards.values()].map(({ done }) => done));
  }

  get isComplete(): boolean {
    return this.done >= this.of;
  }

  /** `48/s  $0.0004  12 s left`; without a rate before anything is done. */
  describe(now: number): string {
    const seconds = (now - this.#begun) / 1000;
    const fresh = this.done - sum([...this.#before.values()]);
    const rate = seconds > 0 ? fresh / seconds : 0;
    const usd = sum([...this.#shards.values()].map((shard) => shard.usd));
    const time = this.isComplete ? `${duration(seconds)}` : rate > 0 ? `${duration((this.of - this.done) / rate)} left` : '';
    return [rate > 0 ? `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : '', money(usd), time]
      .filter(Boolean)
      .join('  ');
  }
}

/** Plain lines: one when a step is complete, and one each 10 seconds while it is not. */
export function plainDisplay(write: (line: string) => void, now: () => number = Date.now): ProgressDisplay {
  const steps = stepsByKey(now);
  const lastLine = new Map<StepProgress, number>();
  return {
    progress(event) {
      const step = steps(event);
      const wasComplete = step.isComplete;
      step.take(event);
      const due = now() - (lastLine.get(step) ?? now()) >= 10_000;
      if (!lastLine.has(step)) lastLine.set(step, now());
      if (wasComplete || !(step.isComplete || due)) return;
      lastLine.set(step, now());
      write(`round ${step.round}  ${step.title.padEnd(18)}  ${step.done}/${step.of}  ${step.describe(now())}`);
    },
    state: () => undefined,
    say: write,
    close: () => undefined,
  };
}

/** One JSON object a line. */
export function jsonDisplay(write: (line: string) => void): ProgressDisplay {
  return {
    progress: (event) => write(JSON.stringify({ event: 'progress', ...event })),
    state: (name) => write(JSON.stringify({ event: 'state', state: name })),
    say: () => undefined,
    close: () => undefined,
  };
}

/** Bars, one for each step under way; complete ones stay as a line with a tick. */
export function barDisplay(stream: NodeJS.WriteStream, now: () => number = Date.now): ProgressDisplay {
  const steps = stepsByKey(now);
  const bars = new Map<StepProgress, SingleBar>();
  const multi = new MultiBar(
    {
      stream,
      format: `  {title}  ${styleText('cyan', '{bar}')}  {value}/{total}  ${styleText('dim', '{says}')}`,
      barsize: 28,
      hideCursor: true,
      forceRedraw: true,
      // Signals are handled by the command: it stops the run and says how to resume.
      gracefulExit: false,
      clearOnComplete: false,
    },
    Presets.rect,
  );
  const barOf = (step: StepProgress): SingleBar => {
    const bar = bars.get(step) ?? multi.create(step.of, 0, { title: step.title.padEnd(18), says: '' });
    bars.set(step, bar);
    return bar;
  };
  return {
    progress(event) {
      const step = steps(event);
      const wasComplete = step.isComplete;
      step.take(event);
      if (wasComplete) return;
      const says = step.describe(now());
      if (step.isComplete) {
        const bar = bars.get(step);
        if (bar) multi.remove(bar);
        const count = `${step.done}/${step.of}`;
        multi.log(`  ${styleText('green', '✓')} ${step.title.padEnd(18)} ${count.padStart(9)}  ${styleText('dim', says)}\n`);
      } else barOf(step).update(step.done, { says });
    },
    state: () => undefined,
    say: (line) => multi.log(`${line}\n`),
    close: () => multi.stop(),
  };
}

function stepsByKey(now: () => number): (event: ProgressEvent) => StepProgress {
  const steps = new Map<string, StepProgress>();
  return (event) => {
    const key = `${event.round}/${event.step}`;
    const step = steps.get(key) ?? new StepProgress(event, now());
    steps.set(key, step);
    return step;
  };
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function money(usd: number): string {
  return `$${usd >= 1 ? usd.toFixed(2) : usd.toFixed(4)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
