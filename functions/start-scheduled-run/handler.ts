import * as z from 'zod';
import { LoopBusy } from '../../core/errors.ts';
import { type BeginServices, beginRun } from '../begin-run.ts';
import type { Step } from '../define-step.ts';
import type { BaseServices } from '../services.ts';

const input = z.strictObject({ scheduledAt: z.iso.datetime({ offset: true }) });
const output = z.union([
  z.strictObject({ started: z.literal(true), run: z.string() }),
  z.strictObject({ started: z.literal(false), refused: z.literal('LoopBusy'), running: z.string() }),
]);

/**
 * The hour that the schedule says → a run under its name, once, however often the schedule calls. While another run is under
 * way it is refused and told of, and never waits in a queue: that is an answer, and no failure that somebody should repeat.
 */
export const startScheduledRun: Step<typeof input, typeof output, BaseServices & BeginServices> = {
  name: 'start-scheduled-run',
  input,
  output,
  async run({ scheduledAt }, services) {
    const { loop, announcer } = services;
    const run = `${loop}-${minuteOf(scheduledAt)}`;
    try {
      await beginRun(services, { run });
      return { started: true, run };
    } catch (error) {
      if (!(error instanceof LoopBusy)) throw error;
      await announcer.tell({ type: 'run-refused', loop, run, running: error.run });
      return { started: false, refused: 'LoopBusy', running: error.run };
    }
  },
};

/** `2026-11-30T03:00:00Z` → `20261130-0300` */
function minuteOf(scheduledAt: string): string {
  const digits = new Date(scheduledAt).toISOString().replaceAll(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}`;
}
