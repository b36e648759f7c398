import { basename, join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { datasetSchema } from '../../core/report.ts';
import { type DatasetFile, datasetFiles } from '../../core/training/dataset-files.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { directoryStore } from '../../providers/directory/store.ts';
import { count } from '../figures.ts';
import { type Globals, globalsOf, optionsOf, whole } from '../globals.ts';
import { hint } from '../hint.ts';
import { findRun, roundsOf } from '../runs.ts';

const formats = { openai: 'openai-preference', trl: 'trl-preference', sft: 'sft' } as const;
const names = ['openai', 'trl', 'sft', 'all'] as const;

const optionsSchema = z.looseObject({
  round: whole(1).optional(),
  format: z.enum(names, `give one of ${names.join(', ')}`).default('all'),
  to: z.string().min(1, 'name a directory').optional(),
});

export function exportCommand(): Command {
  return new Command('export')
    .description('what a run’s dataset holds for other trainers, and where; copies it elsewhere')
    .argument('[run]', 'name of the run; the latest where it is left out')
    .option('--round <n>', 'the dataset of this round; the last one where it is left out')
    .option('--format <name>', `${names.join(', ')}: only these files`)
    .option('--to <directory>', 'copies the files there, over files of the same name')
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const { format, to, round: wanted } = optionsOf(optionsSchema, given);
      const { run } = await findRun(globals, name);
      const { round, files } = await filesOf(globals, run, wanted);
      const chosen = files.filter((file) => format === 'all' || file.format === formats[format]);
      if (chosen.length === 0) throw new InvalidInput(`Round ${round} of run ${run}`, [nothingFor(format)]);
      if (to !== undefined) for (const { key } of chosen) await copy(globals.store, key, to);
      tell(chosen, (key) => (to === undefined ? join(globals.directory, key) : join(to, basename(key))), globals);
    });
}

/** Of the round that is asked for, or of the last one with a dataset. Throws InvalidInput. */
async function filesOf(
  globals: Globals,
  run: string,
  wanted: number | undefined,
): Promise<{ readonly round: number; readonly files: readonly DatasetFile[] }> {
  const begun = await roundsOf(globals.store, run);
  for (const round of wanted === undefined ? begun.toReversed() : [wanted]) {
    const dataset = await findArtifact(globals.store, keys.dataset(run, round), datasetSchema);
    if (dataset) return { round, files: datasetFiles(run, round, dataset) };
  }
  const problem = wanted === undefined ? 'it has no dataset yet' : `it has no dataset of round ${wanted}`;
  throw new InvalidInput(`The run ${run}`, [`${problem}; go on with it: ${hint(`resume ${run}`, globals)}`]);
}

function nothingFor(format: (typeof names)[number]): string {
  if (format === 'trl') return 'no pair of it is without images, which TRL wants as files; use --format openai or sft';
  return 'its dataset has no pairs; the report says why';
}

/** Streamed, and whole or not at all, as everything in a store. */
async function copy(store: Store, key: string, to: string): Promise<void> {
  async function* lines(): AsyncIterable<string> {
    for await (const line of store.lines(key)) yield `${line}\n`;
  }
  await directoryStore(to).write(basename(key), lines());
}

function tell(files: readonly DatasetFile[], placeOf: (key: string) => string, { json }: Globals): void {
  for (const { format, split, rows, key } of files) {
    const file = placeOf(key);
    console.log(json ? JSON.stringify({ format, split, rows, file }) : `${file}  ${count(rows, 'row')}`);
  }
}
