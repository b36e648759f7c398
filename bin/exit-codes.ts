import type { Ending } from '../core/report.ts';

/** What the shell is told; documented in docs/command-line.md, and a test insists on it. */
export const exitCodes = {
  finished: 0,
  /** A loop without a trainer has come to its end. */
  'dataset-ready': 0,
  /** The run failed; the error's name is printed (docs/errors.md). */
  failed: 1,
  /** The command, the loop file or the prompts are not usable; nothing was started. */
  'invalid-input': 2,
  'nothing-to-learn': 3,
  'budget-reached': 4,
  'approval-pending': 5,
  'approval-refused': 6,
  /** A deployed run waited for an answer, and none came in time. */
  'approval-expired': 7,
  /** Another run of the deployed loop is under way; nothing was started. */
  'loop-busy': 8,
  /** Stopped with Ctrl-C or SIGTERM; resume goes on. */
  interrupted: 130,
} as const satisfies Record<Ending | 'invalid-input' | 'loop-busy' | 'interrupted', number>;
