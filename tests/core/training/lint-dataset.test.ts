import { expect, test } from '@jest/globals';
import { DatasetRejected } from '../../../core/errors.ts';
import { lintDataset } from '../../../core/training/lint-dataset.ts';

test('nine pairs to train on are rejected before any upload, ten are not', () => {
  expect(() => lintDataset({ train: 9 })).toThrow(DatasetRejected);
  expect(() => lintDataset({ train: 9 })).toThrow('9 pairs to train on');
  expect(() => lintDataset({ train: 10 })).not.toThrow();
});
