import type { Globals } from '../globals.ts';
import { barDisplay } from './bar-display.ts';
import type { ProgressDisplay } from './display.ts';
import { jsonDisplay, plainDisplay } from './line-displays.ts';

/** The display that fits to where standard output goes. `now` in milliseconds. */
export function displayFor(
  { json, verbose }: Pick<Globals, 'json' | 'verbose'>,
  now: () => number = Date.now,
): ProgressDisplay {
  if (json) return jsonDisplay((line) => console.log(line));
  // Log lines would tear the bars.
  if (process.stdout.isTTY && !verbose) return barDisplay(process.stdout, { now });
  return plainDisplay((line) => console.log(line), now);
}
