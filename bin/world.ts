import type { Command } from 'commander';
import type { RunView } from '../core/api.ts';
import type { Limits } from '../core/budget.ts';
import type { PreferencePair } from '../core/pairs/preference-pair.ts';
import type { Registry } from '../core/registry.ts';
import type { Ending, Report } from '../core/report.ts';
import type { Failure } from '../core/run.ts';
import type { Usage } from '../core/usage.ts';
import { type Globals, globalsOf } from './globals.ts';
import { worldHere } from './here/world-here.ts';

/** Where runs are looked at and pointers moved: a store on this machine, or a deployed loop. Commands show both alike. */
export interface World {
  /** With the store of this world. */
  readonly globals: Globals;
  /** Of one run, or of all. Throws InvalidInput for an unknown one, as all of these do. */
  statuses(run: string | undefined): Promise<Statuses>;
  /** Without a name of the latest run. */
  report(run: string | undefined): Promise<FoundReport>;
  pairs(run: string | undefined, wanted: WantedPairs): Promise<FoundPairs>;
  /** Without a name of the only loop. */
  registry(loop: string | undefined): Promise<Registry>;
  /** Moves the pointer to `to`, or one step back, and gives the incumbents before and after. */
  rollBack(
    loop: string | undefined,
    move: { readonly to?: string | undefined; readonly reason: string },
  ): Promise<Moved>;
}

export interface Status {
  readonly run: string;
  readonly loop: string;
  readonly startedAt: string;
  readonly round: number;
  readonly rounds: number;
  readonly limits: Limits;
  /** Null for a loop without a trainer. */
  readonly promotions: number | null;
  /** Null while it is under way, and after it was stopped. */
  readonly ending: Ending | null;
  readonly failure: Failure | null;
  readonly checkRate: number | null;
  readonly usage: Usage | null;
  /** All that the API of a deployed loop says of it. */
  readonly view?: RunView;
}

export interface Statuses {
  /** Oldest first. */
  readonly statuses: readonly Status[];
  /** Each run that could not be looked at, and what else one should know. */
  readonly notes: readonly string[];
}

export interface FoundReport {
  readonly run: string;
  /** Undefined where the store is closed to whoever asks; `says` is told even then, and `note` says why. */
  readonly report: Report | undefined;
  readonly note?: string;
  readonly says: string;
  /** What leads to the page for a while. */
  readonly link?: { readonly url: string; readonly expiresAt: string };
  readonly page: () => Promise<string>;
}

export interface WantedPairs {
  /** The latest that has pairs, where it is left out. */
  readonly round?: number | undefined;
  readonly limit: number;
}

export interface FoundPairs {
  readonly run: string;
  readonly round: number;
  readonly pairs: readonly PreferencePair[];
  /** There are more than were wanted. */
  readonly hasMore: boolean;
}

export interface Moved {
  readonly loop: string;
  readonly before: string;
  readonly incumbent: string;
}

export async function worldOf(command: Command): Promise<World> {
  const globals = globalsOf(command);
  const { stack } = globals;
  if (stack === undefined) return worldHere(globals);
  // The AWS SDK is heavy, and of no use to a loop on this machine.
  const { deployedWorld } = await import('./remote/deployed-world.ts');
  return deployedWorld(globals, stack);
}
