import { DatasetRejected } from '../errors.ts';
import type { Dataset } from '../report.ts';

/** OpenAI, Azure and the sandbox refuse files with fewer lines, late: after the upload, when the job has begun. */
export const fewestRecords = 10;

/** Throws DatasetRejected before anything is uploaded, where the trainer is known to refuse it afterwards. */
export function lintDataset({ train }: Pick<Dataset, 'train'>): void {
  if (train >= fewestRecords) return;
  throw new DatasetRejected(
    `The dataset has ${train} pairs to train on, and trainers take no fewer than ${fewestRecords}; nothing was uploaded. Give the loop more prompts, or a smaller pairs.validationShare.`,
  );
}
