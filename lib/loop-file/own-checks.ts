import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { Check } from '../../core/checks/check.ts';
import { importOwnCheck } from '../../core/checks/own-check.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Loop, LoopFile } from '../../core/loop.ts';
import { fileProblem } from './file-problem.ts';

/**
 * The modules that the loop file names under `checks`, as JavaScript to be staged. Each was imported once, so that what does
 * not load is refused here. Throws InvalidInput with every problem at once.
 */
export async function readOwnChecks(checks: LoopFile['checks'], loopPath: string): Promise<Loop['checks']> {
  const read = await Promise.all(
    Object.entries(checks).map(async ([name, path]) => ({
      name,
      ...(await readOne(resolve(dirname(loopPath), path))),
    })),
  );
  const problems = read.flatMap((one) => ('problem' in one ? [`checks.${one.name}: ${one.problem}`] : []));
  if (problems.length > 0) throw new InvalidInput(loopPath, problems);
  return Object.fromEntries(read.flatMap((one) => ('source' in one ? [[one.name, { source: one.source }]] : [])));
}

/** What is wrong with the own checks that a prompt uses: each has to stand in the loop file. */
export function unknownOwnChecks(checks: readonly Check[] | undefined, known: readonly string[]): string[] {
  return (checks ?? []).flatMap((check, index) => {
    if (check.kind !== 'own' || known.includes(check.name)) return [];
    const remedy =
      known.length > 0
        ? `did you mean "${closest(check.name, [...known])}"?`
        : 'name its module in the loop file, under checks';
    return [`checks[${index}].name: the loop has no check of its own named "${check.name}"; ${remedy}`];
  });
}

type Read = { readonly source: string } | { readonly problem: string };

async function readOne(path: string): Promise<Read> {
  if (!/\.m?[jt]s$/.test(path)) return { problem: `${path} is no module; give a .ts or .js file` };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { problem: `${path}: ${fileProblem(error) ?? String(error)}` };
  }
  try {
    const source = path.endsWith('ts') ? stripTypeScriptTypes(text) : text;
    await importOwnCheck(source);
    return { source };
  } catch (error) {
    return { problem: `${path}: ${loadProblem(error)}` };
  }
}

function loadProblem(error: unknown): string {
  const message = String(error).split('\n')[0] ?? '';
  if (/resolve module|base scheme|Cannot find (?:module|package)/.test(message)) {
    return 'it imports another file or a package; a check stands alone and may import node: modules only';
  }
  return `it does not load (${message}); export default function (response, options, prompt) that returns true or false`;
}
