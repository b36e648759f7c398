import type { Message, Prompt } from './prompt.ts';
import type { Finish } from './response.ts';

/** The tokens of one call as the endpoint reported them; by the length of the texts where it reported none. */
export interface Tokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface SampleRequest {
  readonly prompt: Prompt;
  /** How many responses, k. */
  readonly count: number;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
}

export interface SampledText {
  readonly text: string;
  readonly finish: Finish;
  readonly meanLogprob?: number | undefined;
}

export interface Sampled {
  readonly texts: readonly SampledText[];
  readonly tokens: Tokens;
  readonly calls: number;
  /** The model that the endpoint says has answered, where it names another than was asked. */
  readonly servedBy?: string | undefined;
  /** Why there are fewer texts than were asked for, where that is known. */
  readonly missing?: string | undefined;
}

/** The model that is being improved. Throws ProviderOverloaded, ProviderRejectedRequest, CredentialRefused, ProviderAnswerUnreadable. */
export interface Student {
  readonly model: string;
  /** At most `count` responses in one call; fewer is an answer, the caller asks for the rest. */
  sample(request: SampleRequest): Promise<Sampled>;
}

export interface TeacherRequest {
  readonly messages: readonly Message[];
  /** The JSON schema that the answer must fit. */
  readonly schema: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  readonly maxTokens: number;
  readonly seed: number;
  /** Ask for log-probabilities: they turn a verdict into a probability, and cost time where nothing reads them. */
  readonly logprobs?: boolean | undefined;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly alternatives: readonly { readonly token: string; readonly logprob: number }[];
}

export interface TeacherAnswer {
  /** Undefined when the endpoint sent no choice. */
  readonly text: string | undefined;
  readonly finish: Finish;
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly tokens: Tokens;
  readonly calls: number;
}

/** The model whose feedback is trusted. Throws as Student does. */
export interface Teacher {
  readonly model: string;
  ask(request: TeacherRequest): Promise<TeacherAnswer>;
}

/** One neutral training record; each trainer exports it to its own wire format. */
export type TrainingRecord =
  | { readonly kind: 'pair'; readonly messages: readonly Message[]; readonly chosen: string; readonly rejected: string }
  | { readonly kind: 'example'; readonly messages: readonly Message[]; readonly response: string }
  | { readonly kind: 'prompt'; readonly messages: readonly Message[]; readonly reference?: string | undefined };

export const trainingMethods = ['dpo', 'supervised', 'reinforcement'] as const;
export type TrainingMethod = (typeof trainingMethods)[number];

export interface TrainingRequest {
  /** A function of run and round: the trainer's job is looked up by it before one is created. */
  readonly key: string;
  readonly baseModel: string;
  readonly method: TrainingMethod;
  readonly trainFile: string;
  readonly validationFile: string | undefined;
  readonly hyperparameters: Readonly<Record<string, number | 'auto'>>;
  readonly grader: Readonly<Record<string, unknown>> | undefined;
  readonly seed: number;
  readonly suffix: string;
}

export type JobPhase = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

export interface JobView {
  readonly job: string;
  readonly phase: JobPhase;
  /** The provider's own word. */
  readonly status: string;
  /** What training made, once it succeeded. */
  readonly artifact?: string | undefined;
  readonly message?: string | undefined;
  readonly trainedTokens?: number | undefined;
  readonly progress?: { readonly step: number; readonly of: number } | undefined;
}

/** Managed fine-tuning. Throws as Student does, and ProviderClosed, DatasetRejected. */
export interface Trainer {
  /** Uploads records as one file; repeating it is harmless. */
  upload(name: string, records: AsyncIterable<TrainingRecord>): Promise<{ readonly file: string }>;
  findByKey(key: string, trainFile: string): Promise<{ readonly job: string } | undefined>;
  /** Creates exactly one job: never re-sent by the provider's client. */
  create(request: TrainingRequest): Promise<{ readonly job: string }>;
  get(job: string): Promise<JobView>;
  cancel(job: string): Promise<void>;
}

export interface ServingView {
  readonly deployment: string;
  readonly phase: 'pending' | 'ready' | 'failed';
  /** The id to call, once ready. */
  readonly model?: string | undefined;
  readonly message?: string | undefined;
}

/** Makes a trained artifact callable; instant for providers that serve at once. */
export interface Serving {
  deploy(key: string, artifact: string): Promise<ServingView>;
  get(deployment: string): Promise<ServingView>;
  destroy(deployment: string): Promise<void>;
}

/** A condition on a write; without one the write replaces what is there. */
export type WriteCondition = { readonly ifAbsent: true } | { readonly ifVersion: string };

/**
 * Where artifacts live: a bucket or a directory. Keys are `/`-separated. Writes are atomic: a reader sees the whole
 * object or none. Throws WriteConflict, StoreUnavailable, StoreRefused, ArtifactMissing (lines
 * of a key that is not there).
 */
export interface Store {
  read(key: string): Promise<{ readonly body: string; readonly version: string } | undefined>;
  /** The lines of a JSONL object, streamed, without their line ends; empty lines are skipped. */
  lines(key: string): AsyncIterable<string>;
  write(
    key: string,
    body: string | AsyncIterable<string>,
    condition?: WriteCondition,
  ): Promise<{ readonly version: string }>;
  /** Keys below a prefix (which ends with `/`), in ascending order. */
  list(prefix: string): AsyncIterable<string>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
}

/** Told how far a step is; the command line draws bars from it, the cloud ignores it. */
export interface ProgressListener {
  progress(event: ProgressEvent): void;
}

export interface ProgressEvent {
  readonly step: string;
  readonly round: number;
  readonly shard: number;
  /** Of this shard. */
  readonly done: number;
  /** Of the whole step, all its shards together. */
  readonly of: number;
  /** Spent by this shard of the step so far. */
  readonly usd: number;
}

/** One execution of the deployed workflow. */
export interface ExecutionEntry {
  readonly name: string;
  readonly status: 'running' | 'ended' | 'failed' | 'stopped';
  /** ISO 8601 */
  /** Or redriven, if it was. */
  readonly startedAt: string;
  readonly stoppedAt: string | undefined;
}

export interface ExecutionView extends ExecutionEntry {
  readonly arn: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of one that failed or was stopped, where it was told. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/**
 * The executions of one loop's workflow, by name. Step Functions forgets an execution 90 days after its end. Throws
 * ProviderOverloaded, CredentialRefused, ProviderRejectedRequest.
 */
export interface Executions {
  /** One that has this name already, running or over, stays as it is: `isThere`. Never two of one name. */
  start(
    name: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly arn: string; readonly isThere: boolean }>;
  /** Undefined where there is none, for some seconds after its start too. */
  describe(name: string): Promise<ExecutionView | undefined>;
  /** The state that was entered last, as the console shows it; undefined before the first. */
  latestState(name: string): Promise<string | undefined>;
  /** The state whose failure ended it, `besides` those that only say so; undefined where none has failed. */
  failedState(name: string, besides: readonly string[]): Promise<string | undefined>;
  /** Of one that is over nothing is changed. */
  stop(name: string, cause: string): Promise<void>;
  /** Goes on at the state where it failed or was stopped, or is at it already. False where it can't: start another one. */
  redrive(name: string): Promise<boolean>;
  /** The latest first. Throws InvalidInput for a `next` that it has not given. */
  list(page: {
    readonly limit: number;
    readonly next: string | undefined;
  }): Promise<{ readonly executions: readonly ExecutionEntry[]; readonly next: string | undefined }>;
  /** Goes on with the state that waits for a person; refused, it fails with ApprovalRefused. False where none waits any more. */
  answer(
    taskToken: string,
    answer: { readonly approved: true } | { readonly approved: false; readonly cause: string },
  ): Promise<boolean>;
}

/** What the functions of a loop have logged. Throws as Executions does. */
export interface ErrorLog {
  /** What the last error of a run within the hour before `until` says; undefined where there is none. */
  lastError(run: string, until: Date): Promise<string | undefined>;
}

/** Short-lived links to objects of the store, for whoever has them. */
export interface Links {
  /** 15 minutes, or as long as the credentials last that sign it. */
  linkTo(key: string, contentType: string): Promise<{ readonly url: string; readonly expiresAt: Date }>;
}

/** What is told of a loop to people, and to programs that listen. */
export type Announcement =
  | { readonly type: 'run-refused'; readonly loop: string; readonly run: string; readonly running: string }
  | {
      readonly type: 'approval-wanted';
      readonly loop: string;
      readonly run: string;
      readonly round: number;
      /** What waits for the answer. */
      readonly before: 'training' | 'promotion';
      /** What is to be agreed to, in a few sentences. */
      readonly summary: string;
      /** ISO 8601; then it counts as no answer. */
      readonly until: string | null;
    }
  | {
      readonly type: 'run-ended';
      readonly loop: string;
      readonly run: string;
      readonly ending: string;
      /** The ending in words. */
      readonly says: string;
      readonly incumbent: { readonly before: Standing; readonly after: Standing };
      readonly usd: number;
      /** Key of the report's page. */
      readonly report: string;
    };

/** A student, and its share of held-out responses that pass every check; null where that was not measured. */
export interface Standing {
  readonly model: string;
  readonly checkRate: number | null;
}

/** Tells whoever listens. Throws as Executions does. */
export interface Announcer {
  tell(announcement: Announcement): Promise<void>;
}

/** What is measured, and in which unit, as CloudWatch names it. docs/monitoring.md says of each what it counts, and when. */
export const metricUnits = {
  WinRate: 'Percent',
  CheckRate: 'Percent',
  IncumbentCheckRate: 'Percent',
  Promotions: 'Count',
  Pairs: 'Count',
  Prompts: 'Count',
  Verdicts: 'Count',
  Abstentions: 'Count',
  OrderConflicts: 'Count',
  Calls: 'Count',
  PromptTokens: 'Count',
  CompletionTokens: 'Count',
  Throttled: 'Count',
  SpentUsd: 'None',
  ShardDuration: 'Seconds',
  RoundDuration: 'Seconds',
  RunAge: 'Seconds',
  RunsEnded: 'Count',
} as const;
export type MetricName = keyof typeof metricUnits;

/** Numbers that were measured together. */
export interface Measured {
  readonly loop: string;
  /** Told beside them: it finds the line again, and is no dimension. */
  readonly place: { readonly run: string; readonly round?: number; readonly shard?: number };
  /** Whose they are within the loop: one of few. They count for the loop as a whole too. */
  readonly of?: { readonly step: string } | { readonly reason: string } | { readonly ending: string };
  readonly values: Readonly<Partial<Record<MetricName, number>>>;
}

/** Tells numbers to whoever draws them. */
export interface Metrics {
  record(measured: Measured): void;
}
