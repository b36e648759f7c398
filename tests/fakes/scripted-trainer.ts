import { ProviderOverloaded, ProviderRejectedRequest } from '../../core/errors.ts';
import type { JobPhase, JobView, Trainer, TrainingRecord, TrainingRequest } from '../../core/ports.ts';

export interface JobScript {
  /** What one look after the other sees; the last stays. */
  readonly phases: readonly JobPhase[];
  /** The job is made, but its creator gets an error instead of an answer. */
  readonly answerLost?: boolean;
  readonly message?: string;
}

interface ScriptedJob {
  readonly id: string;
  readonly request: TrainingRequest;
  readonly script: JobScript;
  phases: readonly JobPhase[];
}

const ENDED: readonly JobPhase[] = ['succeeded', 'failed', 'cancelled'];

/** A trainer whose jobs do what a test says, in the order in which they are created. */
export class ScriptedTrainer implements Trainer {
  readonly uploads: { readonly name: string; readonly records: readonly TrainingRecord[] }[] = [];
  readonly requests: TrainingRequest[] = [];
  readonly #jobs: ScriptedJob[] = [];
  readonly #scripts: JobScript[];

  constructor(...scripts: readonly JobScript[]) {
    this.#scripts = [...scripts];
  }

  async upload(name: string, records: AsyncIterable<TrainingRecord>) {
    const gathered: TrainingRecord[] = [];
    for await (const record of records) gathered.push(record);
    return { file: `file-${this.uploads.push({ name, records: gathered })}` };
  }

  async findByKey(key: string, trainFile: string) {
    const job = this.#jobs.find(({ request, phases }) => {
      const isOfRun = request.key === key && request.trainFile === trainFile;
      return isOfRun && !['failed', 'cancelled'].includes(phases[0] as string);
    });
    return job && { job: job.id };
  }

  async create(request: TrainingRequest) {
    const script = this.#scripts[this.requests.push(request) - 1];
    if (!script) throw new Error(`Unscripted: training job ${this.requests.length} was created for ${request.key}`);
    const job = { id: `job-${this.requests.length}`, request, script, phases: script.phases };
    this.#jobs.push(job);
    if (script.answerLost) throw new ProviderOverloaded('The trainer hung up.');
    return { job: job.id };
  }

  async get(id: string): Promise<JobView> {
    const job = this.#job(id);
    const [phase, ...later] = job.phases as [JobPhase, ...JobPhase[]];
    if (later.length > 0) job.phases = later;
    return {
      job: id,
      phase,
      status: phase,
      ...(phase === 'succeeded' ? { artifact: `${job.request.baseModel}:${job.request.suffix}` } : {}),
      ...(job.script.message === undefined ? {} : { message: job.script.message }),
    };
  }

  async cancel(id: string) {
    const job = this.#job(id);
    if (!ENDED.includes(job.phases[0] as JobPhase)) job.phases = ['cancelled'];
  }

  #job(id: string): ScriptedJob {
    const job = this.#jobs.find((each) => each.id === id);
    if (!job) throw new ProviderRejectedRequest(`There is no job ${id}.`);
    return job;
  }
}
