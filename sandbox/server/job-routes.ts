import { ApiError, modelNotFound } from './api-error.ts';
import type { Files } from './files.ts';
import { modelsOf } from './graders.ts';
import { json, page, parseJson, type Route } from './http.ts';
import { type JobRequest, readJobRequest } from './job-request.ts';
import type { JobRunner } from './job-runner.ts';
import { type JobRecord, type Jobs, terminal } from './jobs.ts';
import type { Models } from './models.ts';

export interface JobServices {
  readonly jobs: Jobs;
  readonly files: Files;
  readonly models: Models;
  readonly runner: JobRunner;
}

export function jobRoutes(services: JobServices): Route[] {
  const { jobs, runner } = services;
  const find = (id: string): JobRecord => {
    const record = jobs.find(id);
    if (record) return record;
    throw new ApiError(404, `Could not find fine tune: ${id}`, { code: 'fine_tune_not_found', param: 'fine_tune_id' });
  };
  return [
    {
      pattern: 'POST /v1/fine_tuning/jobs',
      async answer({ body }) {
        const request = readJobRequest(parseJson(body));
        await insistOnParts(request, services);
        const record = await jobs.create(request);
        runner.enqueue(record);
        return json(record.job);
      },
    },
    {
      pattern: 'GET /v1/fine_tuning/jobs',
      answer({ query }) {
        const wanted = [...query].flatMap(([key, value]) => {
          const name = /^metadata\[(.*)\]$/.exec(key)?.[1];
          return name === undefined ? [] : [[name, value] as const];
        });
        const found = jobs.all().filter(({ job }) => wanted.every(([name, value]) => job.metadata?.[name] === value));
        return page(found.map(({ job }) => job).toReversed(), query);
      },
    },
    { pattern: 'GET /v1/fine_tuning/jobs/:id', answer: (_, id) => json(find(id).job) },
    {
      pattern: 'POST /v1/fine_tuning/jobs/:id/cancel',
      async answer(_, id) {
        const record = find(id);
        if (terminal.has(record.job.status)) {
          throw new ApiError(400, `Job has already ${record.job.status}.`, { param: 'fine_tune_id' });
        }
        await runner.cancel(record);
        return json(record.job);
      },
    },
    {
      pattern: 'GET /v1/fine_tuning/jobs/:id/events',
      answer: ({ query }, id) => page(find(id).events.toReversed(), query),
    },
    {
      pattern: 'GET /v1/fine_tuning/jobs/:id/checkpoints',
      answer: ({ query }, id) => page(find(id).checkpoints.toReversed(), query),
    },
  ];
}

/** What can be known at once is said at once; the files' lines are read by the job. */
async function insistOnParts(request: JobRequest, { files, models }: JobServices): Promise<void> {
  if (!(await models.weights(request.model))) {
    if (!(await models.find(request.model))) throw modelNotFound(request.model);
    const detail = { code: 'model_not_available', param: 'model' };
    throw new ApiError(400, `Model ${request.model} is not available for fine-tuning.`, detail);
  }
  for (const param of ['training_file', 'validation_file'] as const) {
    const file = request[param];
    if (file && !(await files.content(file))) {
      throw new ApiError(400, `invalid ${param}: ${file}`, { code: 'file_not_found', param });
    }
  }
  if (request.method.type !== 'reinforcement') return;
  for (const model of modelsOf(request.method.reinforcement.grader)) {
    if (!(await models.find(model))) throw modelNotFound(model);
  }
}
