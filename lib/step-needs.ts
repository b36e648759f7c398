import { artifacts } from './artifact-patterns.ts';
import type { StoreAccess } from './storage.ts';

/** What the function of a step may do and use; without mention it may do nothing. */
export interface StepNeeds {
  /** For the console. */
  readonly description: string;
  /** The longest it may take. One that calls models goes on in another invocation when that is nearly up. */
  readonly seconds: number;
  readonly memoryMiB: number;
  /** Patterns of keys. A test runs the whole loop and sees that each step touches these and no others. */
  readonly store: StoreAccess;
  readonly calls?: readonly ('student' | 'teacher' | 'trainer')[];
  readonly announces?: boolean;
  /** Answers the task token of a state that waits. */
  readonly goesOn?: boolean;
  /** Brings the loop that was deployed into the store. */
  readonly bringsStaged?: boolean;
}

const anyRound = 'runs/*/round-*';
const part = (name: string) => `${anyRound}/${name}/*.jsonl`;
const summary = (name: string) => `${anyRound}/${name}/*.summary.json`;
const calls = (name: string) => `${anyRound}/${name}/*.calls/*`;
const lease = (name: string) => `${anyRound}/${name}/*.lease.json`;
const prompts = (set: string) => `runs/*/prompts/${set}/*.jsonl`;
const reusable = 'loops/*/calls/*';
const ledger = artifacts.budget;
/** A shard's own part, its record of calls, what they may cost, and that one life alone works on it. */
const makes = (name: string) => ({
  reads: [artifacts.run, ledger, part(name), summary(name), calls(name)],
  writes: [ledger, part(name), summary(name), calls(name), lease(name)],
  deletes: [calls(name), lease(name)],
});
/** Longer than any Lambda function lives; Lambda's own limit. */
const LONGEST = 900;

export const stepNeeds: Readonly<Record<string, StepNeeds>> = {
  'plan-run': {
    description: 'Freezes the loop and the prompts, cuts shards, forecasts the cost',
    seconds: LONGEST,
    memoryMiB: 1024,
    store: {
      reads: [
        ...[artifacts.run, artifacts.registry, artifacts.stagedLoop, 'loops/*/staged/*.jsonl', ledger],
        ...[artifacts.summaries, artifacts.training, calls('*')],
      ],
      writes: [artifacts.run, artifacts.registry, artifacts.stagedLoop, 'loops/*/staged/*.jsonl', prompts('*'), ledger],
      deletes: [artifacts.failure],
    },
    bringsStaged: true,
  },
  'sample-responses': {
    description: 'prompts → responses of the incumbent, checked',
    seconds: LONGEST,
    memoryMiB: 1024,
    store: {
      reads: [...makes('responses').reads, prompts('train'), artifacts.outcome, reusable],
      writes: [...makes('responses').writes, reusable],
      deletes: [...makes('responses').deletes, reusable],
    },
    calls: ['student'],
  },
  'judge-responses': {
    description: 'responses → verdicts of the teacher',
    seconds: LONGEST,
    memoryMiB: 1024,
    store: {
      reads: [...makes('verdicts').reads, prompts('train'), part('responses'), reusable],
      writes: [...makes('verdicts').writes, reusable],
      deletes: [...makes('verdicts').deletes, reusable],
    },
    calls: ['teacher'],
  },
  'build-pairs': {
    description: 'verdicts → preference pairs',
    seconds: 300,
    memoryMiB: 1024,
    store: {
      reads: [
        ...[artifacts.run, artifacts.outcome, prompts('train'), part('responses'), part('verdicts')],
        ...[part('pairs'), summary('pairs')],
      ],
      writes: [part('pairs'), summary('pairs')],
      deletes: [],
    },
  },
  'assemble-dataset': {
    description: 'pairs of all shards → dataset, with its quality',
    seconds: LONGEST,
    memoryMiB: 2048,
    store: {
      reads: [
        ...[artifacts.run, ledger, artifacts.dataset, part('pairs'), artifacts.summaries],
        ...[prompts('held-out'), `${anyRound}/dataset/*.jsonl`],
      ],
      writes: [artifacts.dataset, `${anyRound}/dataset/*.jsonl`],
    },
  },
  'await-approval': {
    description: 'Asks a person, and takes the answer',
    seconds: 60,
    memoryMiB: 512,
    store: {
      reads: [artifacts.run, artifacts.execution, artifacts.approval, artifacts.dataset, artifacts.decision],
      writes: [`${anyRound}/approval-of-*.request.json`],
    },
    announces: true,
    goesOn: true,
  },
  'start-training': {
    description: 'dataset → training job, created once',
    seconds: LONGEST,
    // The client holds a file that it uploads: 150,000 pairs, or 200 MB of them, took 1 GB.
    memoryMiB: 3008,
    store: {
      reads: [
        artifacts.run,
        ledger,
        artifacts.outcome,
        artifacts.training,
        artifacts.dataset,
        `${anyRound}/dataset/*.jsonl`,
      ],
      writes: [artifacts.training, ledger],
    },
    calls: ['trainer'],
  },
  'check-training': {
    description: 'training job → its status',
    seconds: 120,
    memoryMiB: 512,
    store: { reads: [artifacts.run, artifacts.training], writes: [artifacts.training] },
    calls: ['trainer'],
  },
  'serve-candidate': {
    description: 'trained artifact → a student that answers',
    seconds: 120,
    memoryMiB: 512,
    store: { reads: [artifacts.run, artifacts.training, artifacts.serving], writes: [artifacts.serving] },
  },
  'check-serving': {
    description: 'deployment → whether the candidate answers',
    seconds: 120,
    memoryMiB: 512,
    store: { reads: [artifacts.run, artifacts.serving], writes: [artifacts.serving] },
  },
  'evaluate-candidate': {
    description: 'held-out prompts → verdicts on candidate against incumbent',
    seconds: LONGEST,
    memoryMiB: 1024,
    store: {
      reads: [...makes('evaluation').reads, prompts('held-out'), artifacts.outcome, artifacts.serving],
      writes: makes('evaluation').writes,
      deletes: makes('evaluation').deletes,
    },
    calls: ['student', 'teacher'],
  },
  'decide-promotion': {
    description: 'evaluation → the gate’s decision, with its reasons',
    seconds: 300,
    memoryMiB: 1024,
    store: {
      reads: [
        ...[artifacts.run, ledger, artifacts.outcome, artifacts.serving, artifacts.decision],
        ...[part('evaluation'), summary('evaluation')],
      ],
      writes: [artifacts.evaluation, artifacts.decision],
    },
  },
  'promote-candidate': {
    description: 'decision → the next incumbent, by compare-and-set',
    seconds: 60,
    memoryMiB: 512,
    store: {
      reads: [
        ...[artifacts.run, artifacts.outcome, artifacts.serving, artifacts.evaluation, artifacts.decision],
        artifacts.registry,
      ],
      writes: [artifacts.registry, artifacts.outcome],
    },
  },
  'keep-incumbent': {
    description: 'decision → the incumbent stays, and the candidate’s deployment goes',
    seconds: 120,
    memoryMiB: 512,
    store: { reads: [artifacts.run, artifacts.outcome, artifacts.serving], writes: [artifacts.outcome] },
  },
  'write-report': {
    description: 'everything that the run wrote → report.json and report.html',
    seconds: 300,
    memoryMiB: 1024,
    store: { reads: ['runs/*', artifacts.registry], writes: [artifacts.report, artifacts.reportPage] },
    announces: true,
  },
  'record-failure': {
    description: 'any failure → failure.json',
    seconds: 60,
    memoryMiB: 512,
    store: { reads: [artifacts.failure], writes: [artifacts.failure] },
  },
  'fail-run': {
    description: 'The red ending; redriven, the run goes on',
    seconds: 60,
    memoryMiB: 512,
    store: { reads: [artifacts.failure], writes: [artifacts.failure] },
  },
};
