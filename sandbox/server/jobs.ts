import { contentHash, seedFor } from '../../core/random.ts';
import { type Folder, openFolder } from './documents.ts';
import type { JobRequest } from './job-request.ts';

export type JobStatus = 'validating_files' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A fine-tuning job as OpenAI lists it. */
export interface JobObject {
  readonly id: string;
  readonly object: 'fine_tuning.job';
  readonly model: string;
  readonly created_at: number;
  finished_at: number | null;
  readonly estimated_finish: null;
  fine_tuned_model: string | null;
  readonly organization_id: string;
  readonly result_files: readonly string[];
  status: JobStatus;
  readonly training_file: string;
  readonly validation_file: string | null;
  trained_tokens: number | null;
  error: { readonly code: string; readonly message: string; readonly param: string | null } | null;
  readonly seed: number;
  readonly metadata: Readonly<Record<string, string>> | null;
  hyperparameters: Readonly<Record<string, number>>;
  method: unknown;
  readonly user_provided_suffix: string | null;
  readonly integrations: readonly never[];
}

export interface JobEvent {
  readonly id: string;
  readonly object: 'fine_tuning.job.event';
  readonly created_at: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly type: 'message' | 'metrics';
  readonly data: Readonly<Record<string, number>> | null;
}

export interface JobCheckpoint {
  readonly id: string;
  readonly object: 'fine_tuning.job.checkpoint';
  readonly created_at: number;
  readonly fine_tuned_model_checkpoint: string;
  readonly fine_tuning_job_id: string;
  readonly step_number: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What the server keeps of a job. */
export interface JobRecord {
  readonly job: JobObject;
  readonly request: JobRequest;
  /** Position among all jobs: order of creation, without a clock. */
  readonly ordinal: number;
  /** Oldest first. */
  events: JobEvent[];
  checkpoints: JobCheckpoint[];
}

export const terminal: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'cancelled']);

export interface Jobs {
  /** Oldest first. */
  all(): readonly JobRecord[];
  find(id: string): JobRecord | undefined;
  create(request: JobRequest): Promise<JobRecord>;
  save(record: JobRecord): Promise<void>;
}

/** The jobs of one directory, all in memory, written through. */
export async function openJobs(directory: string): Promise<Jobs> {
  const folder: Folder = await openFolder(directory);
  const contents = await Promise.all((await folder.names()).map((name) => folder.read(name)));
  const records = contents
    .map((content) => JSON.parse(String(content)) as JobRecord)
    .sort((a, b) => a.ordinal - b.ordinal);
  const save = (record: JobRecord): Promise<void> => folder.write(`${record.job.id}.json`, JSON.stringify(record));
  return {
    all: () => records,
    find: (id) => records.find(({ job }) => job.id === id),
    async create(request) {
      const record: JobRecord = {
        job: newJob(request, records),
        request,
        ordinal: records.length,
        events: [],
        checkpoints: [],
      };
      records.push(record);
      addEvent(record, 'info', `Created fine-tuning job: ${record.job.id}`);
      await save(record);
      return record;
    },
    save,
  };
}

export function addEvent(
  record: JobRecord,
  level: JobEvent['level'],
  message: string,
  data: JobEvent['data'] = null,
): void {
  record.events.push({
    id: `ftevent-${contentHash(`${record.job.id}/${record.events.length}`).slice(0, 24)}`,
    object: 'fine_tuning.job.event',
    created_at: now(),
    level,
    message,
    type: data ? 'metrics' : 'message',
    data,
  });
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * `ft:<base>:<suffix>:<hash>`, also for a job that starts from a fine-tuned model. Weights are a function of the request, so
 * the name is one too: the same training asked for again, by another run, makes the same model under the same name.
 */
export function tunedName({ job, request }: JobRecord): string {
  const base = job.model.startsWith('ft:') ? (job.model.split(':')[1] ?? '') : job.model;
  const { metadata: _, ...training } = request;
  return `ft:${base}:${job.user_provided_suffix ?? ''}:${contentHash(JSON.stringify(training)).slice(0, 8)}`;
}

/** The id is a function of the request and of how many jobs asked the same before. */
function newJob(request: JobRequest, before: readonly JobRecord[]): JobObject {
  const text = JSON.stringify(request);
  const twins = before.filter((record) => JSON.stringify(record.request) === text).length;
  return {
    id: `ftjob-${contentHash(`${text}/${twins}`).slice(0, 24)}`,
    object: 'fine_tuning.job',
    model: request.model,
    created_at: now(),
    finished_at: null,
    estimated_finish: null,
    fine_tuned_model: null,
    organization_id: 'org-sandbox',
    result_files: [],
    status: 'validating_files',
    training_file: request.training_file,
    validation_file: request.validation_file ?? null,
    trained_tokens: null,
    error: null,
    seed: request.seed ?? seedFor('job', request.training_file),
    metadata: request.metadata ?? null,
    hyperparameters: {},
    method: request.method,
    user_provided_suffix: request.suffix ?? null,
    integrations: [],
  };
}
