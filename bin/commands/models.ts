import { Command } from 'commander';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { type Registry, registrySchema } from '../../core/registry.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { globalsOf } from '../globals.ts';
import { percent, plainTable } from '../summary.ts';

export function modelsCommand(): Command {
  return new Command('models')
    .description('the lineage of a loop’s student, with the evidence of each promotion')
    .argument('[loop]', 'name of the loop; may be left out where there is one only')
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const { store, json } = globalsOf(command);
      const registry = await findRegistry(store, name);
      console.log(json ? JSON.stringify(registry) : lineageOf(registry));
    });
}

/** A loop's registry by name, or the only one. Throws InvalidInput, with the loops that there are. */
export async function findRegistry(store: Store, name: string | undefined): Promise<Registry> {
  const loops: string[] = [];
  for await (const key of store.list('loops/')) {
    const loop = /^loops\/([^/]+)\/registry\.json$/.exec(key)?.[1];
    if (loop !== undefined) loops.push(loop);
  }
  const wanted = name ?? (loops.length === 1 ? loops[0] : undefined);
  const found = wanted === undefined ? undefined : await findArtifact(store, keys.registry(wanted), registrySchema);
  if (found) return found;
  throw new InvalidInput(name === undefined ? 'The command' : `The loop ${name}`, [
    loops.length === 0
      ? 'no loop has run in this store yet'
      : `name one of the loops that have run here: ${loops.join(', ')}`,
  ]);
}

function lineageOf({ incumbent, history }: Registry): string {
  const table = plainTable(['', 'student', 'how', 'when', 'run', 'win rate (95 %)', 'fully right']);
  for (const { model, how, at, run, round, evidence } of history) {
    const wins =
      evidence &&
      `${percent(evidence.winRate)} (${(evidence.low * 100).toFixed(1)}–${(evidence.high * 100).toFixed(1)})`;
    table.push([
      how === 'rollback' ? '↩' : how === 'promotion' ? '↑' : '·',
      model,
      how,
      at.slice(0, 16).replace('T', ' '),
      run === null ? '—' : `${run}, round ${round}`,
      wins ?? '—',
      percent(evidence?.checkRate ?? null),
    ]);
  }
  return `${table.toString()}\n\nIncumbent  ${incumbent}`;
}
