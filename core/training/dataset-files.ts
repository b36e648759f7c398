import { keys, type Split, splits } from '../artifact-keys.ts';
import type { Dataset } from '../report.ts';
import { type ExportFormat, exportFormats } from './export-records.ts';

/** A file of a dataset for other trainers: where it lies in the store, and how many rows it has. */
export interface DatasetFile {
  readonly format: ExportFormat;
  readonly split: Split;
  readonly rows: number;
  readonly key: string;
}

/** The exports of a round that hold anything. */
export function datasetFiles(run: string, round: number, { exports }: Pick<Dataset, 'exports'>): DatasetFile[] {
  return exportFormats
    .flatMap((format) =>
      splits.map((split) => ({
        format,
        split,
        rows: exports[format][split],
        key: keys.datasetExport(run, round, split, format),
      })),
    )
    .filter(({ rows }) => rows > 0);
}
