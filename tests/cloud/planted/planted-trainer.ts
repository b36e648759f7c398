import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { studentModel } from '../../endpoint-simulator/read-call.ts';
import { sendError, sendJson } from '../../endpoint-simulator/send-answer.ts';

interface Job {
  readonly id: string;
  readonly training_file: string;
  readonly metadata: Readonly<Record<string, string>>;
  status: 'running' | 'succeeded';
  fine_tuned_model: string | null;
}

/** Files and fine-tuning jobs of an OpenAI-shaped endpoint. */
export class PlantedTrainer {
  /** Whether jobs succeed when they are looked at, or go on. */
  succeeds = true;
  /** Every one is paid for. */
  readonly jobs: Job[] = [];

  /** What was trained last. */
  get newest(): string | undefined {
    return this.jobs.findLast(({ fine_tuned_model }) => fine_tuned_model)?.fine_tuned_model ?? undefined;
  }

  answer(asked: string, body: Buffer, response: ServerResponse): void {
    const [path = ''] = asked.split('?');
    const job = this.jobs.find(({ id }) => path === `GET /v1/fine_tuning/jobs/${id}`);
    if (path === 'POST /v1/files') sendJson(response, 200, { id: fileId(body), object: 'file' });
    else if (path === 'POST /v1/fine_tuning/jobs') sendJson(response, 200, this.#create(JSON.parse(body.toString())));
    else if (path === 'GET /v1/fine_tuning/jobs') sendJson(response, 200, { data: this.jobs, has_more: false });
    else if (job) sendJson(response, 200, this.#look(job));
    else sendError(response, 404, `There is no ${asked}.`);
  }

  #create({ training_file, metadata }: Pick<Job, 'training_file' | 'metadata'>): Job {
    const id = `ftjob-${this.jobs.length + 1}`;
    const job: Job = { id, training_file, metadata, status: 'running', fine_tuned_model: null };
    this.jobs.push(job);
    return job;
  }

  #look(job: Job): Job {
    if (!this.succeeds) return job;
    job.status = 'succeeded';
    job.fine_tuned_model = `${studentModel}:${job.id}`;
    return job;
  }
}

/** By its rows: what stands between the parts of a form is drawn anew each time. */
function fileId(form: Buffer): string {
  const rows = form
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return `file-${createHash('sha256').update(rows.join('\n')).digest('hex').slice(0, 16)}`;
}
