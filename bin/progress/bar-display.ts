import { styleText } from 'node:util';
import type { ProgressDisplay } from './display.ts';
import { liveLines, type Terminal } from './live-lines.ts';
import { type StepProgress, stepsByKey } from './step-progress.ts';

const FRAME_MS = 120;
const WIDEST_BAR = 24;
const NARROWEST_BAR = 6;
/** Longer times than `12 min left` are rare, and push the bar. */
const FIGURES_WIDTH = 39;

export interface BarOptions {
  readonly now?: () => number;
  /** Calls again and again until the function that it gives is called. */
  readonly every?: (milliseconds: number, draw: () => void) => () => void;
}

/** Bars, one for each step under way; a step that is complete stays as a line with a tick. */
export function barDisplay(terminal: Terminal, { now = Date.now, every = timer }: BarOptions = {}): ProgressDisplay {
  const stepOf = stepsByKey(now);
  const draw = liveLines(terminal);
  const underWay = new Set<StepProgress>();
  let round = 0;
  let stopTimer: (() => void) | undefined;
  const frame = (...stays: string[]): void =>
    draw(
      [...underWay].map((step) => liveLine(step, now(), terminal.columns ?? 80)),
      stays,
    );
  const finish = (step: StepProgress, mark: string, time?: string): void => {
    underWay.delete(step);
    frame(`  ${mark} ${step.title}${styleText('dim', step.figures(now(), time))}`);
  };
  return {
    progress(event) {
      const step = stepOf(event);
      const wasComplete = step.isComplete;
      step.take(event);
      if (wasComplete) return;
      if (event.round > round) {
        round = event.round;
        frame('', styleText('bold', `Round ${round}`));
      }
      underWay.add(step);
      stopTimer ??= every(FRAME_MS, frame);
      if (step.isComplete) finish(step, styleText('green', '✓'));
    },
    state: () => undefined,
    say: (line) => frame(line),
    close() {
      stopTimer?.();
      stopTimer = undefined;
      for (const step of underWay) finish(step, styleText('yellow', '‖'), 'stopped');
    },
  };
}

function liveLine(step: StepProgress, now: number, columns: number): string {
  const text = `  · ${step.title}${step.figures(now).padEnd(FIGURES_WIDTH)}`.slice(0, columns - 1);
  const size = Math.min(WIDEST_BAR, columns - 1 - text.length - 2);
  return size < NARROWEST_BAR ? text : `${text}  ${bar(step.share, size, now)}`;
}

/** Filled from the left; without a share a small piece wanders, so that one sees that it is alive. */
function bar(share: number | undefined, size: number, now: number): string {
  const filled = share === undefined ? 3 : Math.round(share * size);
  const before = share === undefined ? Math.floor(now / FRAME_MS) % (size - filled + 1) : 0;
  const rest = (length: number) => styleText('dim', '─'.repeat(length));
  return `${rest(before)}${styleText('cyan', '━'.repeat(filled))}${rest(size - filled - before)}`;
}

function timer(milliseconds: number, draw: () => void): () => void {
  const interval = setInterval(draw, milliseconds);
  return () => clearInterval(interval);
}
