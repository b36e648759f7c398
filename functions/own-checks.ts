import { importOwnCheck, type OwnCheck } from '../core/checks/own-check.ts';
import { type CheckResult, runChecks } from '../core/checks/run-checks.ts';
import { CheckBroken } from '../core/errors.ts';
import type { Loop } from '../core/loop.ts';
import type { Prompt } from '../core/prompt.ts';

/** What the checks of a prompt say of a response; or why one of them says nothing, and so nobody knows. */
export type Checked = { readonly checks: CheckResult } | { readonly broken: string };

/** Runs a prompt's checks, the loop's own among them. Throws CheckBroken where a module does not load here. */
export async function checkerFor(loop: Pick<Loop, 'checks'>): Promise<(prompt: Prompt, text: string) => Checked> {
  const byName = await loadOwnChecks(loop);
  return (prompt, text) => {
    try {
      return { checks: runChecks(prompt.checks, text, { byName, prompt }) };
    } catch (error) {
      if (error instanceof CheckBroken) return { broken: `check ${error.check} broke` };
      throw error;
    }
  };
}

/** The loop's own checks, ready to run, by name. Throws CheckBroken where a module does not load here. */
export async function loadOwnChecks({ checks }: Pick<Loop, 'checks'>): Promise<ReadonlyMap<string, OwnCheck>> {
  const loaded = Object.entries(checks).map(async ([name, { source }]) => [name, await load(name, source)] as const);
  return new Map(await Promise.all(loaded));
}

async function load(name: string, source: string): Promise<OwnCheck> {
  try {
    return await importOwnCheck(source);
  } catch (cause) {
    throw new CheckBroken(name, undefined, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
