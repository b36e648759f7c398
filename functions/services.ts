import type { Loop } from '../core/loop.ts';
import type { Announcer, Metrics, ProgressListener, Serving, Store, Student, Teacher, Trainer } from '../core/ports.ts';
import type { Clock } from '../providers/call-engine/clock.ts';
import { baseServices } from './base-services.ts';
import type { RecordPatience } from './call-record.ts';
import type { Invocation } from './invocation.ts';
import { modelServices } from './model-services.ts';
import { trainingServices } from './training-services.ts';

/** Everything that the steps may touch. */
export interface Services {
  readonly store: Store;
  /** In AWS: the loop that is deployed. */
  readonly loop?: string | undefined;
  readonly now: () => Date;
  readonly progress: ProgressListener;
  /** Aborted when the work should stop soon: what is under way is finished and kept, nothing new is begun. */
  readonly stop: AbortSignal;
  /** In a Lambda function; elsewhere time is not limited. */
  readonly invocation?: Invocation | undefined;
  readonly student: (loop: Loop, model: string) => Student;
  readonly teacher: (loop: Loop) => Teacher;
  readonly trainer: (loop: Loop) => Trainer;
  readonly serving: (loop: Loop) => Serving;
  readonly announcer: Announcer;
  readonly metrics: Metrics;
  /** How often endpoints have said that it is too many, in this process; where models are called. */
  readonly throttled?: (() => number) | undefined;
  /** Tells Step Functions that what it waited for has come; elsewhere nobody waits. */
  readonly goOn?: ((taskToken: string) => Promise<void>) | undefined;
  /** In AWS: the loop that was deployed, brought into the store where it is not there. */
  readonly bringStaged?: ((loop: string, version: string) => Promise<void>) | undefined;
  /** For tests: how long a record waits for a store that is away. */
  readonly recordPatience?: RecordPatience | undefined;
}

/** What needs no client of a vendor. */
export type BaseServices = Omit<Services, 'student' | 'teacher' | 'trainer'>;
export type ShardServices = Omit<Services, 'trainer'>;
export type TrainerServices = Omit<Services, 'student' | 'teacher'>;

export interface ServiceOptions {
  readonly store: Store;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `endpoint: sandbox` is. */
  readonly sandboxUrl?: string | undefined;
  readonly progress?: ProgressListener;
  readonly announcer?: Announcer;
  readonly metrics?: Metrics;
  readonly stop?: AbortSignal;
  /** In a Lambda function: what stops its work, and that each shard has a process of its own. */
  readonly invocation?: Invocation | undefined;
  /** For tests: time and chance as the calls of models see them. */
  readonly clock?: Clock;
}

/** All of them, over one store: for whoever runs all steps in one process. */
export function createServices(options: ServiceOptions): Services {
  return { ...baseServices(options), ...modelServices(options), ...trainingServices(options) };
}
