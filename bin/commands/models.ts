import { styleText } from 'node:util';
import { Command } from 'commander';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { type Registry, registrySchema } from '../../core/registry.ts';
import type { LineageEntry } from '../../core/report.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { minute, percent, winRate } from '../figures.ts';
import { globalsOf } from '../globals.ts';

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
  const loops = await loopsIn(store);
  const wanted = name ?? (loops.length === 1 ? loops[0] : undefined);
  const isKnown = wanted !== undefined && loops.includes(wanted);
  const found = isKnown ? await findArtifact(store, keys.registry(wanted), registrySchema) : undefined;
  if (found) return found;
  throw new InvalidInput(name === undefined ? 'The command' : `The loop ${name}`, [
    loops.length === 0
      ? 'no loop has run in this store yet'
      : `name one of the loops that have run here: ${loops.join(', ')}`,
  ]);
}

async function loopsIn(store: Store): Promise<string[]> {
  const loops: string[] = [];
  for await (const key of store.list('loops/')) {
    const loop = /^loops\/([^/]+)\/registry\.json$/.exec(key)?.[1];
    if (loop !== undefined) loops.push(loop);
  }
  return loops;
}

/** Oldest first; a line for the model and one for how it got there, because model ids are long. */
function lineageOf({ loop, incumbent, history }: Registry): string {
  const entries = history.map((entry) => `${marks[entry.how]} ${entry.model}\n  ${styleText('dim', storyOf(entry))}`);
  return [styleText('bold', loop), '', ...entries, '', `Incumbent  ${styleText('green', incumbent)}`].join('\n');
}

const marks: Readonly<Record<LineageEntry['how'], string>> = { base: '·', promotion: '↑', rollback: '↩' };

function storyOf({ how, at, run, round, evidence, reason }: LineageEntry): string {
  switch (how) {
    case 'base':
      return `${minute(at)}  the base student`;
    case 'promotion': {
      const won = evidence ? `, won ${winRate(evidence)}, ${percent(evidence.checkRate)} fully right` : '';
      return `${minute(at)}  ${run}, round ${round}${won}`;
    }
    case 'rollback':
      return `${minute(at)}  rolled back${reason ? `: ${reason}` : ''}`;
  }
}
