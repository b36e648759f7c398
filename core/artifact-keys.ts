import type { ApprovalPoint } from './run.ts';
import type { ExportFormat } from './training/export-records.ts';

/** The whole store on one screen. Every key is a function of (loop) or of (run, round, step, shard). */
const shardName = (shard: number) => shard.toString().padStart(5, '0');
const roundOf = (run: string, round: number) => `runs/${run}/round-${round}`;

export const keys = {
  registry: (loop: string) => `loops/${loop}/registry.json`,
  /** In AWS: the run that is under way, so that no second one begins. */
  running: (loop: string) => `loops/${loop}/running.json`,
  /** A staged loop: immutable, named by its content, so that a run started from it always means the same. */
  stagedLoop: (loop: string, version: string) => `loops/${loop}/staged/${version}/loop.json`,
  stagedPrompts: (loop: string, version: string, set: PromptSet) => `loops/${loop}/staged/${version}/${set}.jsonl`,

  /**
   * Calls of finished shards, for later runs of the loop. `setup` is a hash of whom was asked by what rules; the shard only
   * says where to look, so that one look finds nearly all of a set whose prompts have hardly changed.
   */
  reusableCalls: (loop: string, setup: string, shard: number) => `loops/${loop}/calls/${setup}/${shardName(shard)}/`,

  run: (run: string) => `runs/${run}/run.json`,
  prompts: (run: string, set: PromptSet, shard: number) => `runs/${run}/prompts/${set}/${shardName(shard)}.jsonl`,
  report: (run: string) => `runs/${run}/report.json`,
  reportPage: (run: string) => `runs/${run}/report.html`,
  failure: (run: string) => `runs/${run}/failure.json`,
  budget: (run: string) => `runs/${run}/budget.json`,
  /** In AWS: the execution that works on the run, or did last. */
  execution: (run: string) => `runs/${run}/execution.json`,
  /** Which process executes the run; gone when nobody does. */
  lease: (run: string) => `runs/${run}/lease.json`,

  part: (run: string, round: number, part: Part, shard: number) =>
    `${roundOf(run, round)}/${part}/${shardName(shard)}.jsonl`,
  /** Beside each part: how many came in, went out and why not. It is written last: where it is, the part is finished. */
  summary: (run: string, round: number, part: Part, shard: number) =>
    `${roundOf(run, round)}/${part}/${shardName(shard)}.summary.json`,
  /** Every call that a part has cost while it is being made; gone once it is finished. */
  calls: (run: string, round: number, part: Part, shard: number) =>
    `${roundOf(run, round)}/${part}/${shardName(shard)}.calls/`,
  /** In AWS: which life of a shard works on it; gone when none does. */
  shardLease: (run: string, round: number, part: Part, shard: number) =>
    `${roundOf(run, round)}/${part}/${shardName(shard)}.lease.json`,

  dataset: (run: string, round: number) => `${roundOf(run, round)}/dataset.json`,
  datasetRows: (run: string, round: number, split: Split) => `${roundOf(run, round)}/dataset/${split}.jsonl`,
  /** The same rows as other trainers take them. */
  datasetExport: (run: string, round: number, split: Split, format: ExportFormat) =>
    `${roundOf(run, round)}/dataset/${split}.${format}.jsonl`,
  /** What a person is asked to agree to, and the answer. */
  approvalRequest: (run: string, round: number, before: ApprovalPoint) =>
    `${roundOf(run, round)}/approval-of-${before}.request.json`,
  approval: (run: string, round: number, before: ApprovalPoint) => `${roundOf(run, round)}/approval-of-${before}.json`,
  training: (run: string, round: number) => `${roundOf(run, round)}/training.json`,
  serving: (run: string, round: number) => `${roundOf(run, round)}/serving.json`,
  evaluation: (run: string, round: number) => `${roundOf(run, round)}/evaluation.json`,
  decision: (run: string, round: number) => `${roundOf(run, round)}/decision.json`,
  outcome: (run: string, round: number) => `${roundOf(run, round)}/outcome.json`,
} as const;

export type PromptSet = 'train' | 'held-out';
export type Part = 'responses' | 'verdicts' | 'pairs' | 'evaluation';
export const splits = ['train', 'validation'] as const;
export type Split = (typeof splits)[number];
