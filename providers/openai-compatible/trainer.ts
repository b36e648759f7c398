import type { OpenAI } from 'openai';
import * as z from 'zod';
import { DatasetRejected, ProviderRejectedRequest } from '../../core/errors.ts';
import type { Trainer, TrainingRecord, TrainingRequest } from '../../core/ports.ts';
import { exportRecord } from '../../core/training/export-records.ts';
import { type Job, jobSchema, phaseOf, viewOf } from './job-view.ts';
import { request } from './request.ts';

const fileSchema = z.looseObject({ id: z.string().min(1) });
const jobPageSchema = z.looseObject({ data: z.array(jobSchema), has_more: z.boolean().nullish() });
const JOBS = '/fine_tuning/jobs';

/** Managed fine-tuning behind an OpenAI-compatible endpoint. */
export function openaiTrainer({ client }: { readonly client: OpenAI }): Trainer {
  const getJob = (job: string) => request(client, { method: 'get', path: jobPath(job) }, jobSchema);
  return {
    async upload(name, records) {
      const body = await fileOf(name, records);
      const { id } = await request(client, { method: 'post', path: '/files', body }, fileSchema);
      return { file: id };
    },

    async findByKey(key, trainFile) {
      for await (const job of jobsOf(client, key)) {
        if (isOfRun(job, key, trainFile) && !hasEndedInVain(job)) return { job: job.id };
      }
      return undefined;
    },

    async create(training) {
      const sent = { method: 'post', path: JOBS, body: bodyOf(training), model: training.baseModel } as const;
      const { id } = await request(client, sent, jobSchema);
      return { job: id };
    },

    get: async (job) => viewOf(await getJob(job)),

    async cancel(job) {
      try {
        await request(client, { method: 'post', path: `${jobPath(job)}/cancel` }, z.unknown());
      } catch (error) {
        // A job that has ended can't be cancelled; it doesn't run any more, which is what was wanted.
        if (!(error instanceof ProviderRejectedRequest) || !hasEnded(await getJob(job))) throw error;
      }
    },
  };
}

function jobPath(job: string): string {
  return `${JOBS}/${encodeURIComponent(job)}`;
}

/** The whole file is held in memory: the vendors' limit is 512 MB, and a file of pairs has a few. */
async function fileOf(name: string, records: AsyncIterable<TrainingRecord>): Promise<FormData> {
  const lines: string[] = [];
  const kinds = new Set<TrainingRecord['kind']>();
  for await (const record of records) {
    kinds.add(record.kind);
    lines.push(`${exportRecord(record)}\n`);
  }
  if (kinds.size !== 1) {
    const problem = kinds.size === 0 ? 'holds no records' : `mixes records of the kinds ${[...kinds].join(' and ')}`;
    throw new DatasetRejected(`The training file ${name} ${problem}; nothing was uploaded.`);
  }
  const form = new FormData();
  form.append('purpose', 'fine-tune');
  form.append('file', new File(lines, name.endsWith('.jsonl') ? name : `${name}.jsonl`, { type: 'application/jsonl' }));
  return form;
}

function bodyOf(training: TrainingRequest) {
  const { method, hyperparameters, grader } = training;
  return {
    model: training.baseModel,
    training_file: training.trainFile,
    ...(training.validationFile === undefined ? {} : { validation_file: training.validationFile }),
    suffix: training.suffix,
    seed: training.seed,
    metadata: { run_key: training.key },
    method: { type: method, [method]: { ...(grader ? { grader } : {}), hyperparameters } },
  };
}

/** All jobs that the endpoint lists for a key. Some ignore the filter, so these may be everybody's. */
async function* jobsOf(client: OpenAI, key: string): AsyncIterable<Job> {
  const seen = new Set<string>();
  for (let after: string | undefined; ; ) {
    const query = { 'metadata[run_key]': key, limit: 100, ...(after === undefined ? {} : { after }) };
    const page = await request(client, { method: 'get', path: JOBS, query }, jobPageSchema);
    yield* page.data;
    after = page.data.at(-1)?.id;
    // An endpoint that ignores `after` would send its first page for ever.
    if (!page.has_more || after === undefined || seen.has(after)) return;
    seen.add(after);
  }
}

/**
 * By the file, which only this run has, and by the key in its metadata where an endpoint keeps any. The key alone is not
 * enough: stores that share an account may each have a run of this name.
 */
function isOfRun(job: Job, key: string, trainFile: string): boolean {
  const runKey = job.metadata?.['run_key'];
  return job.training_file === trainFile && (runKey === undefined || runKey === key);
}

function hasEndedInVain(job: Job): boolean {
  return ['failed', 'cancelled'].includes(phaseOf(job));
}

function hasEnded(job: Job): boolean {
  return hasEndedInVain(job) || job.status === 'succeeded';
}
