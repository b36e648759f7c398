import { styleText } from 'node:util';
import { keys } from '../core/artifact-keys.ts';
import type { Loop } from '../core/loop.ts';
import { decisionSchema } from '../core/report.ts';
import { readArtifact } from '../functions/artifacts.ts';
import { count } from './figures.ts';
import type { Globals } from './globals.ts';
import type { ProgressDisplay } from './progress/display.ts';
import { decisionLine } from './summary.ts';

/** What a run says of itself as it goes, here and in the cloud. */
export function tellStart(
  { run, version, seed }: { readonly run: string; readonly version: string; readonly seed: number },
  { name, rounds, trainer }: Pick<Loop, 'name' | 'rounds' | 'trainer'>,
  { json }: Pick<Globals, 'json'>,
): void {
  if (json) console.log(JSON.stringify({ event: 'start', run, loop: name, version, rounds, seed }));
  else {
    const what = trainer ? `${count(rounds, 'round')} of ${trainer.method}` : 'dataset only';
    console.log(`${styleText('bold', run)}  ${what}, seed ${seed}`);
  }
}

/** A round that an earlier life of the run has decided. */
export async function tellDecidedBefore(
  run: string,
  round: number,
  { store }: Pick<Globals, 'store'>,
  display: ProgressDisplay,
): Promise<void> {
  display.say(`\n${styleText('bold', `Round ${round}`)}  already done`);
  display.say(await decisionLine(store, run, round));
}

/** A decision as it falls. */
export async function tellDecision(
  run: string,
  round: number,
  { store, json }: Pick<Globals, 'store' | 'json'>,
  display: ProgressDisplay,
): Promise<void> {
  if (!json) return display.say(await decisionLine(store, run, round));
  const { promote, reasons } = await readArtifact(store, keys.decision(run, round), decisionSchema);
  console.log(JSON.stringify({ event: 'decision', round, promote, reasons }));
}
