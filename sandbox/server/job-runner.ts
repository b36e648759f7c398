import { type Hyperparameters, resolveHyperparameters } from '../student/hyperparameters.ts';
import type { Weights } from '../student/shape.ts';
import type { GradedSample } from '../student/train-reinforcement.ts';
import { runTraining } from '../student/training-job.ts';
import { exampleCount, trainedTokens } from '../student/training-lines.ts';
import type { Files } from './files.ts';
import { type Grader, gradeSample } from './graders.ts';
import { requestedHyperparameters } from './job-request.ts';
import { addEvent, type JobRecord, type Jobs, now, terminal, tunedName } from './jobs.ts';
import type { Models } from './models.ts';
import { readTrainingFile } from './read-training-file.ts';

export interface JobRunner {
  enqueue(record: JobRecord): void;
  cancel(record: JobRecord): Promise<void>;
  /** Stops at once; unfinished jobs stay unfinished in the directory, and start again with the next server. */
  close(): Promise<void>;
}

class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Trains one job at a time, in order of creation; a laptop has few cores. */
export function createJobRunner(jobs: Jobs, files: Files, models: Models): JobRunner {
  const closing = new AbortController();
  const running = new Map<string, AbortController>();
  let line = Promise.resolve();
  const runner: JobRunner = {
    enqueue(record) {
      line = line.then(async () => {
        if (closing.signal.aborted || terminal.has(record.job.status)) return;
        const cancelled = new AbortController();
        running.set(record.job.id, cancelled);
        await attempt(record, AbortSignal.any([closing.signal, cancelled.signal]));
        running.delete(record.job.id);
      });
    },
    async cancel(record) {
      Object.assign(record.job, { status: 'cancelled', finished_at: now() });
      addEvent(record, 'info', 'The job was cancelled.');
      running.get(record.job.id)?.abort(new Stopped());
      await jobs.save(record);
    },
    async close() {
      closing.abort(new Stopped());
      await line;
    },
  };
  for (const record of jobs.all()) {
    if (!terminal.has(record.job.status)) runner.enqueue(record);
  }
  return runner;

  async function attempt(record: JobRecord, signal: AbortSignal): Promise<void> {
    try {
      await train(record, signal);
    } catch (cause) {
      if (cause instanceof Stopped || signal.aborted) return;
      await fail(record, 'training_failed', (cause as Error).message, null);
    }
  }

  async function train(record: JobRecord, signal: AbortSignal): Promise<void> {
    const { job, request } = record;
    // What an interrupted attempt left is told again from the start.
    record.events = record.events.slice(0, 1);
    record.checkpoints = [];
    const method = request.method.type;
    const content = (await files.content(job.training_file)) ?? Buffer.alloc(0);
    const file = readTrainingFile(content, method);
    if (file.kind === 'invalid') return fail(record, 'invalid_training_file', file.message, 'training_file');
    const start = await models.weights(job.model);
    if (!start) return fail(record, 'model_not_found', `The model ${job.model} is gone.`, 'model');
    const examples = exampleCount(method, file.lines);
    const hyperparameters = resolveHyperparameters(method, requestedHyperparameters(request.method), examples);
    await begin(record, hyperparameters);
    const spec = { method, start, lines: file.lines, hyperparameters, seed: job.seed };
    const weights = await runTraining(spec, hooksFor(record, hyperparameters, signal));
    signal.throwIfAborted();
    await finish(record, weights, trainedTokens(method, file.lines) * hyperparameters.epochs);
  }

  async function begin(record: JobRecord, hyperparameters: Hyperparameters): Promise<void> {
    const { method } = record.request;
    const { epochs, batchSize, beta, rpoAlpha } = hyperparameters;
    const requested = requestedHyperparameters(method);
    const multiplier = requested.learning_rate_multiplier;
    const resolved = {
      n_epochs: epochs,
      batch_size: batchSize,
      learning_rate_multiplier: typeof multiplier === 'number' ? multiplier : 1,
      ...(method.type === 'dpo' ? { beta, rpo_alpha: rpoAlpha } : {}),
    };
    const settings = (method as Record<string, unknown>)[method.type] as object | undefined;
    Object.assign(record.job, {
      status: 'running',
      hyperparameters: method.type === 'supervised' ? resolved : {},
      method: { type: method.type, [method.type]: { ...settings, hyperparameters: { ...requested, ...resolved } } },
    });
    addEvent(record, 'info', 'Files validated, moving job to queued state');
    addEvent(record, 'info', `Fine-tuning job started, ${hyperparameters.totalSteps} steps`);
    await jobs.save(record);
  }

  function hooksFor(
    record: JobRecord,
    { totalSteps }: Hyperparameters,
    signal: AbortSignal,
  ): Parameters<typeof runTraining>[1] {
    let metrics: Readonly<Record<string, number>> = {};
    const grader = record.request.method.type === 'reinforcement' && record.request.method.reinforcement.grader;
    return {
      signal,
      onProgress(progress) {
        metrics = { step: progress.step, total_steps: totalSteps, ...progress.metrics };
        const message = `Step ${progress.step}/${totalSteps}: training loss=${progress.loss.toFixed(4)}`;
        addEvent(record, 'info', message, metrics);
      },
      onCheckpoint(step, weights) {
        const name = `${tunedName(record)}:ckpt-step-${step}`;
        void keepCheckpoint(record, name, metrics, weights);
      },
      grade: (samples) => (grader ? gradeAll(record, grader, samples, signal) : Promise.resolve([])),
    };
  }

  async function keepCheckpoint(
    record: JobRecord,
    name: string,
    metrics: Readonly<Record<string, number>>,
    weights: Weights,
  ): Promise<void> {
    await models.keep(name, weights);
    record.checkpoints.push({
      id: `ftckpt-${name.split(':').slice(-2).join('-')}`,
      object: 'fine_tuning.job.checkpoint',
      created_at: now(),
      fine_tuned_model_checkpoint: name,
      fine_tuning_job_id: record.job.id,
      step_number: metrics['step'] ?? 0,
      metrics,
    });
  }

  async function gradeAll(
    record: JobRecord,
    grader: Grader,
    samples: readonly GradedSample[],
    signal: AbortSignal,
  ): Promise<(number | undefined)[]> {
    const find = (id: string) => models.find(id);
    const grades = await Promise.all(samples.map((sample) => gradeSample(grader, sample, find, signal)));
    const reasons = grades.flatMap((grade) => (grade.kind === 'ungraded' ? [grade.reason] : []));
    if (reasons.length > 0) {
      const data = { ungraded_samples: reasons.length, samples: samples.length };
      const why = [...new Set(reasons)].join('; ');
      addEvent(
        record,
        'warn',
        `${reasons.length} of ${samples.length} samples have no grade and are left out: ${why}`,
        data,
      );
    }
    return grades.map((grade) => (grade.kind === 'graded' ? grade.reward : undefined));
  }

  async function finish(record: JobRecord, weights: Weights, tokens: number): Promise<void> {
    const name = tunedName(record);
    const metrics = record.events.findLast(({ type }) => type === 'metrics')?.data ?? {};
    await keepCheckpoint(record, name, metrics, weights);
    Object.assign(record.job, {
      status: 'succeeded',
      fine_tuned_model: name,
      finished_at: now(),
      trained_tokens: tokens,
    });
    addEvent(record, 'info', `New fine-tuned model created: ${name}`);
    addEvent(record, 'info', 'The job has successfully completed');
    await jobs.save(record);
  }

  async function fail(record: JobRecord, code: string, message: string, param: string | null): Promise<void> {
    Object.assign(record.job, { status: 'failed', finished_at: now(), error: { code, message, param } });
    addEvent(record, 'error', message);
    await jobs.save(record);
  }
}
