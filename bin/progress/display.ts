import type { ProgressListener } from '../../core/ports.ts';

/** Shows what a run is doing: bars in a terminal, plain lines elsewhere, JSON lines for machines. */
export interface ProgressDisplay extends ProgressListener {
  /** A state of the workflow is entered. */
  state(name: string): void;
  /** A line that stays. */
  say(line: string): void;
  /** Nothing half drawn stays behind; harmless to repeat. */
  close(): void;
}
