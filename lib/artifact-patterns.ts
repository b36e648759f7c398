import { keys } from '../core/artifact-keys.ts';
import { approvalPoints } from '../core/run.ts';

/*
 * Keys of the store as patterns for IAM, where `*` is anything. A bucket holds one loop, so any loop and any run are its own.
 * A test holds each against the keys that core/artifact-keys.ts makes.
 */

const anyRound = 'runs/*/round-*';

export const artifacts = {
  registry: keys.registry('*'),
  running: keys.running('*'),
  stagedLoop: keys.stagedLoop('*', '*'),
  run: keys.run('*'),
  execution: keys.execution('*'),
  report: keys.report('*'),
  reportPage: keys.reportPage('*'),
  failure: keys.failure('*'),
  budget: keys.budget('*'),
  /** How many prompts came in and went out; none of their text. */
  summaries: `${anyRound}/*.summary.json`,
  pairs: `${anyRound}/pairs/*.jsonl`,
  dataset: `${anyRound}/dataset.json`,
  /** Questions and answers. */
  approval: `${anyRound}/approval-of-*.json`,
  answers: approvalPoints.map((point) => `${anyRound}/approval-of-${point}.json`),
  training: `${anyRound}/training.json`,
  serving: `${anyRound}/serving.json`,
  evaluation: `${anyRound}/evaluation.json`,
  decision: `${anyRound}/decision.json`,
  outcome: `${anyRound}/outcome.json`,
} as const;

/** What the story of a run is told from: names, counts and decisions, no prompt and no response. */
export const runHistory: readonly string[] = [
  artifacts.run,
  artifacts.execution,
  artifacts.report,
  artifacts.failure,
  artifacts.budget,
  artifacts.summaries,
  artifacts.approval,
  artifacts.training,
  artifacts.evaluation,
  artifacts.decision,
  artifacts.outcome,
];
