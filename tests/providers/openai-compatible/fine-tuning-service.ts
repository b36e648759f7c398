import { openaiTrainer } from '../../../providers/openai-compatible/trainer.ts';
import type { JobPlan } from '../trainer-contract.ts';
import { type Reply, refusal, responseOf, ScriptedFetch } from './scripted-fetch.ts';

interface ServiceJob {
  readonly id: string;
  readonly created: Readonly<Record<string, unknown>>;
  statuses: readonly string[];
}

/** What an endpoint may do with its list that OpenAI's doesn't. */
export interface Quirks {
  readonly ignoresFilter?: boolean;
  readonly keepsNoMetadata?: boolean;
  readonly pageSize?: number;
}

const statusOf = { pending: 'validating_files', running: 'running', succeeded: 'succeeded', failed: 'failed' };

/** The fine-tuning side of an endpoint, in memory: files, jobs newest first, pages, cancelling. */
export class FineTuningService {
  readonly jobs: ServiceJob[] = [];
  readonly #plans: readonly JobPlan[];
  readonly #quirks: Quirks;
  #files = 0;

  constructor(plans: readonly JobPlan[], quirks: Quirks = {}) {
    this.#plans = plans;
    this.#quirks = quirks;
  }

  trainer() {
    return openaiTrainer({ client: new ScriptedFetch().client({ fetch: this.fetch }) });
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const [, id, action] = /^\/v1\/fine_tuning\/jobs\/([^/]+)(\/cancel)?$/.exec(url.pathname) ?? [];
    if (id) return responseOf(this.#one(decodeURIComponent(id), action !== undefined));
    if (url.pathname === '/v1/files') return responseOf({ json: { id: `file-${++this.#files}`, object: 'file' } });
    if (init?.method?.toUpperCase() === 'POST') return responseOf(this.#create(JSON.parse(String(init.body))));
    return responseOf(this.#list(url.searchParams));
  };

  #create(created: Readonly<Record<string, unknown>>): Reply {
    const plan = this.#plans[this.jobs.length];
    if (!plan) throw new Error('Unscripted: a training job was created');
    const job = { id: `ftjob-${this.jobs.length + 1}`, created, statuses: plan.phases.map((phase) => statusOf[phase]) };
    this.jobs.unshift(job);
    return plan.answerLost ? { status: 500, text: 'Internal Server Error' } : { json: this.#shown(job) };
  }

  #list(query: URLSearchParams): Reply {
    const key = query.get('metadata[run_key]');
    const listed = this.jobs.filter(({ created }) => {
      return this.#quirks.ignoresFilter || (created['metadata'] as { run_key?: string }).run_key === key;
    });
    const start = listed.findIndex(({ id }) => id === query.get('after')) + 1;
    const end = start + (this.#quirks.pageSize ?? Number(query.get('limit')));
    const data = listed.slice(start, end).map((job) => this.#shown(job));
    return { json: { object: 'list', data, has_more: end < listed.length } };
  }

  #one(id: string, cancel: boolean): Reply {
    const job = this.jobs.find((each) => each.id === id);
    if (!job) return refusal(404, { message: `Could not find fine tune: ${id}`, code: 'fine_tune_not_found' });
    const ended = ['succeeded', 'failed', 'cancelled'].includes(job.statuses[0] as string);
    if (cancel && ended) return refusal(400, { message: 'Job has already completed: no action to take.' });
    if (cancel) job.statuses = ['cancelled'];
    const shown = this.#shown(job);
    if (!cancel && job.statuses.length > 1) job.statuses = job.statuses.slice(1);
    return { json: shown };
  }

  /** As OpenAI shows a job. */
  #shown({ id, created, statuses: [status] }: ServiceJob) {
    const { model, training_file, validation_file = null, seed, metadata, method, suffix } = created;
    return {
      object: 'fine_tuning.job',
      id,
      model,
      created_at: 1795500000,
      finished_at: null,
      estimated_finish: null,
      fine_tuned_model: status === 'succeeded' ? `ft:${model}:org:${suffix}:${id}` : null,
      organization_id: 'org-x',
      result_files: [],
      status,
      training_file,
      validation_file,
      trained_tokens: status === 'succeeded' ? 5768 : null,
      seed,
      metadata: this.#quirks.keepsNoMetadata ? null : metadata,
      method,
      error:
        status === 'failed' ? { code: 'invalid_training_file', message: 'Line 12: no', param: 'training_file' } : {},
    };
  }
}
