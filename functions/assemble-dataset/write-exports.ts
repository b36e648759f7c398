import { keys, type Split } from '../../core/artifact-keys.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import type { Store } from '../../core/ports.ts';
import type { Dataset } from '../../core/report.ts';
import { type ExportFormat, exportPair } from '../../core/training/export-records.ts';
import { readRows } from '../artifacts.ts';

/** Writes the rows of both splits once more in each format, streamed. Gives how many lines each file has. */
export async function writeExports(store: Store, run: string, round: number): Promise<Dataset['exports']> {
  const linesOf = async (format: ExportFormat) => ({
    train: await writeExport(store, run, round, 'train', format),
    validation: await writeExport(store, run, round, 'validation', format),
  });
  return {
    'openai-preference': await linesOf('openai-preference'),
    'trl-preference': await linesOf('trl-preference'),
    sft: await linesOf('sft'),
  };
}

async function writeExport(
  store: Store,
  run: string,
  round: number,
  split: Split,
  format: ExportFormat,
): Promise<number> {
  let count = 0;
  async function* lines(): AsyncIterable<string> {
    for await (const pair of readRows(store, keys.datasetRows(run, round, split), preferencePairSchema)) {
      const line = exportPair(format, pair);
      if (line === undefined) continue;
      count++;
      yield `${line}\n`;
    }
  }
  await store.write(keys.datasetExport(run, round, split, format), lines());
  return count;
}
