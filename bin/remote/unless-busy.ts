import { styleText } from 'node:util';
import { LoopBusy } from '../../core/errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Globals } from '../globals.ts';
import { followLines } from '../tell-view.ts';

/** Does something that takes the loop. Where another run has it, that is said, with what can be done about that run. */
export async function unlessBusy(globals: Globals, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof LoopBusy)) throw error;
    process.exitCode = exitCodes['loop-busy'];
    console.error(`${styleText('red', error.name, { stream: process.stderr })}: ${error.message}`);
    console.error(followLines(error.run, globals));
  }
}
