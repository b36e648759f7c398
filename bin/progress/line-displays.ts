import type { ProgressDisplay } from './display.ts';
import { type StepProgress, stepsByKey } from './step-progress.ts';

const LINE_EACH_MS = 10_000;

/** Plain lines, for logs and pipes: one when a step is complete, and one each 10 seconds while it is not. */
export function plainDisplay(write: (line: string) => void, now: () => number = Date.now): ProgressDisplay {
  const stepOf = stepsByKey(now);
  const lastLine = new Map<StepProgress, number>();
  return {
    progress(event) {
      const step = stepOf(event);
      const wasComplete = step.isComplete;
      step.take(event);
      const last = lastLine.get(step) ?? now();
      const isDue = step.isComplete || now() - last >= LINE_EACH_MS;
      if (!wasComplete && isDue) write(`round ${step.round}  ${step.title}${step.figures(now())}`);
      lastLine.set(step, isDue ? now() : last);
    },
    state: () => undefined,
    say: write,
    close: () => undefined,
  };
}

/** One JSON object a line, and nothing else. */
export function jsonDisplay(write: (line: string) => void): ProgressDisplay {
  return {
    progress: (event) => write(JSON.stringify({ event: 'progress', ...event })),
    state: (name) => write(JSON.stringify({ event: 'state', state: name })),
    say: () => undefined,
    close: () => undefined,
  };
}
