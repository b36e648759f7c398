import { describe, expect, test } from '@jest/globals';
import { DatasetRejected, ProviderAnswerUnreadable, ProviderClosed, ProviderOverloaded } from '../../../core/errors.ts';
import type { TrainingRecord, TrainingRequest } from '../../../core/ports.ts';
import { instantServing } from '../../../providers/openai-compatible/serving.ts';
import { openaiTrainer } from '../../../providers/openai-compatible/trainer.ts';
import { trainerContract, trainingRequest } from '../trainer-contract.ts';
import { FineTuningService, type Quirks } from './fine-tuning-service.ts';
import { type Reply, refusal, ScriptedFetch } from './scripted-fetch.ts';

const worlds: [string, Quirks][] = [
  ['a trainer behind an OpenAI-compatible endpoint', {}],
  ['a trainer whose endpoint ignores the filter', { ignoresFilter: true }],
  ['a trainer whose endpoint keeps no metadata', { ignoresFilter: true, keepsNoMetadata: true }],
  ['a trainer whose endpoint lists one job a page', { ignoresFilter: true, pageSize: 1 }],
];
for (const [name, quirks] of worlds) {
  trainerContract(name, (...plans) => {
    const service = new FineTuningService(plans, quirks);
    return { trainer: service.trainer(), jobsCreated: () => service.jobs.length };
  });
}

describe('the upload', () => {
  const uploaded = async (...records: TrainingRecord[]) => {
    const endpoint = new ScriptedFetch({ json: { id: 'file-7', object: 'file', purpose: 'fine-tune' } });
    const trainer = openaiTrainer({ client: endpoint.client() });
    const { file } = await trainer.upload('r1-round-1-train', each(records));
    expect(file).toBe('file-7');
    expect(endpoint.sent[0]).toMatchObject({ method: 'POST', url: new URL('https://models.example/v1/files') });
    return endpoint.bodies[0] as { purpose: string; file: { name: string; type: string; text: string } };
  };
  const messages: TrainingRecord['messages'] = [{ role: 'user', content: 'größer?\n' }];

  test('of pairs is a JSONL file in the preference format', async () => {
    const { purpose, file } = await uploaded(
      { kind: 'pair', messages, chosen: 'yes', rejected: 'no' },
      { kind: 'pair', messages, chosen: 'ja', rejected: 'nein' },
    );

    expect(purpose).toBe('fine-tune');
    expect(file.name).toBe('r1-round-1-train.jsonl');
    expect(file.text).toBe(
      '{"input":{"messages":[{"role":"user","content":"größer?\\n"}]},"preferred_output":[{"role":"assistant","content":"yes"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}\n' +
        '{"input":{"messages":[{"role":"user","content":"größer?\\n"}]},"preferred_output":[{"role":"assistant","content":"ja"}],"non_preferred_output":[{"role":"assistant","content":"nein"}]}\n',
    );
  });

  test('of examples is one in the chat format', async () => {
    const { file } = await uploaded({ kind: 'example', messages, response: 'yes' });

    expect(file.text).toBe(
      '{"messages":[{"role":"user","content":"größer?\\n"},{"role":"assistant","content":"yes"}]}\n',
    );
  });

  test('of prompts is one in the reinforcement format, with a reference where there is one', async () => {
    const { file } = await uploaded({ kind: 'prompt', messages, reference: '4' }, { kind: 'prompt', messages });

    expect(file.text).toBe(
      '{"messages":[{"role":"user","content":"größer?\\n"}],"reference_answer":"4"}\n' +
        '{"messages":[{"role":"user","content":"größer?\\n"}]}\n',
    );
  });

  test.each<[string, TrainingRecord[]]>([
    ['nothing', []],
    [
      'a mixture',
      [
        { kind: 'prompt', messages },
        { kind: 'example', messages, response: 'yes' },
      ],
    ],
  ])('of %s is refused before anything is sent', async (_, records) => {
    const endpoint = new ScriptedFetch();

    const uploading = openaiTrainer({ client: endpoint.client() }).upload('train', each(records));

    await expect(uploading).rejects.toThrow(DatasetRejected);
    expect(endpoint.sent).toEqual([]);
  });
});

describe('creating a job', () => {
  const created = async (request: TrainingRequest) => {
    const endpoint = new ScriptedFetch({ json: { id: 'ftjob-1', status: 'validating_files' } });
    expect(await openaiTrainer({ client: endpoint.client() }).create(request)).toEqual({ job: 'ftjob-1' });
    expect(endpoint.sent[0]).toMatchObject({
      method: 'POST',
      url: new URL('https://models.example/v1/fine_tuning/jobs'),
    });
    return endpoint.bodies[0];
  };

  test('sends exactly this', async () => {
    expect(await created({ ...trainingRequest, validationFile: 'file-2' })).toEqual({
      model: 'base-1',
      training_file: 'file-1',
      validation_file: 'file-2',
      suffix: 'ratchet-r1',
      seed: 7,
      metadata: { run_key: 'r1/round-1' },
      method: { type: 'dpo', dpo: { hyperparameters: { n_epochs: 2, beta: 0.1, batch_size: 'auto' } } },
    });
  });

  test('names no validation file where there is none', async () => {
    expect(await created(trainingRequest)).not.toHaveProperty('validation_file');
  });

  test('takes its grader along', async () => {
    const grader = { type: 'string_check', name: 'exact', operation: 'eq', input: 'a', reference: 'b' };

    const body = await created({ ...trainingRequest, method: 'reinforcement', hyperparameters: {}, grader });

    expect(body).toMatchObject({
      method: { type: 'reinforcement', reinforcement: { grader, hyperparameters: {} } },
    });
  });

  test.each<[string, Reply]>([
    ['500', { status: 500, text: 'Internal Server Error' }],
    ['503 that asks for a retry', refusal(503, { message: 'busy' }, { 'x-should-retry': 'true', 'retry-after': '0' })],
    ['409', refusal(409, { message: 'conflict' })],
    ['429', refusal(429, { message: 'slow down' })],
    ['a dropped connection', { fails: new TypeError('fetch failed') }],
    ['a time-out', { never: true }],
  ])('is posted once, whatever comes back: %s', async (_, reply) => {
    const endpoint = new ScriptedFetch(reply, { json: { id: 'ftjob-2', status: 'queued' } });

    const creating = openaiTrainer({ client: endpoint.client({ timeoutSeconds: 0.02 }) }).create(trainingRequest);

    await expect(creating).rejects.toThrow(ProviderOverloaded);
    expect(endpoint.sent).toHaveLength(1);
  });

  test('where the provider takes no new jobs says so', async () => {
    const error = { message: 'Fine-tuning is not available for this organization', code: 'training_not_available' };
    const endpoint = new ScriptedFetch(refusal(403, error));

    const creating = openaiTrainer({ client: endpoint.client() }).create(trainingRequest);

    await expect(creating).rejects.toThrow(ProviderClosed);
    await expect(creating).rejects.toThrow('choose another trainer');
  });
});

describe('looking for a job', () => {
  const listOf = (...data: object[]): Reply => ({ json: { object: 'list', data, has_more: false } });

  test('asks for its key', async () => {
    const endpoint = new ScriptedFetch(listOf());

    await openaiTrainer({ client: endpoint.client() }).findByKey('r1/round-1', 'file-1');

    expect(endpoint.sent[0]).toMatchObject({ method: 'GET', body: undefined });
    expect(Object.fromEntries(endpoint.sent[0]?.url.searchParams ?? [])).toEqual({
      'metadata[run_key]': 'r1/round-1',
      limit: '100',
    });
  });

  test('takes no job of another run, though it trains on the same file', async () => {
    const other = { id: 'ftjob-1', status: 'running', training_file: 'file-1', metadata: { run_key: 'r2/round-1' } };
    const trainer = openaiTrainer({ client: new ScriptedFetch(listOf(other)).client() });

    expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
  });

  test('takes no job of the same key in another store, which trains on another file', async () => {
    const other = { id: 'ftjob-1', status: 'running', training_file: 'file-9', metadata: { run_key: 'r1/round-1' } };
    const own = { ...other, id: 'ftjob-2', training_file: 'file-1' };
    const endpoint = new ScriptedFetch(listOf(other), listOf(other, own));
    const trainer = openaiTrainer({ client: endpoint.client() });

    expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
    expect(await trainer.findByKey('r1/round-1', 'file-1')).toEqual({ job: 'ftjob-2' });
  });

  test('ends where an endpoint sends the same page again and again', async () => {
    const page = { json: { data: [{ id: 'ftjob-1', status: 'running', metadata: { run_key: 'x' } }], has_more: true } };
    const endpoint = new ScriptedFetch(page, page);

    const found = await openaiTrainer({ client: endpoint.client() }).findByKey('r1/round-1', 'file-1');

    expect(found).toBeUndefined();
    expect(endpoint.sent[1]?.url.searchParams.get('after')).toBe('ftjob-1');
  });

  test.each<[string, Reply]>([
    ['a page of HTML', { text: '<html>Sign in</html>' }],
    ['something else', { json: { jobs: [] } }],
  ])('never takes %s for "there is none": a second job would be paid', async (_, reply) => {
    const finding = openaiTrainer({ client: new ScriptedFetch(reply).client() }).findByKey('r1/round-1', 'file-1');

    await expect(finding).rejects.toThrow(ProviderAnswerUnreadable);
  });
});

describe('a look at a job', () => {
  test.each([
    ['validating_files', 'pending'],
    ['queued', 'pending'],
    ['pending', 'pending'],
    ['running', 'running'],
    ['pausing', 'running'],
    ['paused', 'running'],
    ['resuming', 'running'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['canceled', 'cancelled'],
    ['succeeded', 'succeeded'],
    ['reticulating', 'unknown'],
    ['constructor', 'unknown'],
  ])('maps %s to %s', async (status, phase) => {
    const view = await viewOf({ status, fine_tuned_model: 'ft:base-1:org::x' });

    expect(view).toMatchObject({ job: 'ftjob-1', status, phase });
    expect(view.artifact).toBe(phase === 'succeeded' ? 'ft:base-1:org::x' : undefined);
  });

  test.each([null, undefined, ''])('believes no success without a model: %j', async (fine_tuned_model) => {
    const view = await viewOf({ status: 'succeeded', fine_tuned_model });

    expect(view).toEqual({
      job: 'ftjob-1',
      phase: 'unknown',
      status: 'succeeded',
      message: 'It says that it succeeded, but names no model yet.',
    });
  });

  test('tells why it failed and how many tokens it trained', async () => {
    const error = { code: 'invalid_training_file', message: 'Line 12: no', param: 'training_file' };

    const view = await viewOf({ status: 'failed', error, trained_tokens: 12 });

    expect(view).toMatchObject({ message: 'invalid_training_file: Line 12: no', trainedTokens: 12 });
  });

  test('keeps a long reason short, on one line', async () => {
    const { message } = await viewOf({ status: 'failed', error: { message: `Line 12:\n${'no '.repeat(1000)}` } });

    expect(message).toMatch(/^Line 12: no no /);
    expect(message?.length).toBeLessThanOrEqual(401);
  });

  test('asks for one job by its escaped id', async () => {
    const endpoint = new ScriptedFetch({ json: { id: 'a/b', status: 'running' } });

    await openaiTrainer({ client: endpoint.client() }).get('a/b');

    expect(endpoint.sent[0]?.url.pathname).toBe('/v1/fine_tuning/jobs/a%2Fb');
  });

  async function viewOf(job: object) {
    const json = {
      object: 'fine_tuning.job',
      id: 'ftjob-1',
      metadata: null,
      error: null,
      trained_tokens: null,
      ...job,
    };
    return await openaiTrainer({ client: new ScriptedFetch({ json }).client() }).get('ftjob-1');
  }
});

test('cancelling what runs on in spite of a refusal is an error', async () => {
  const endpoint = new ScriptedFetch(refusal(400, { message: 'no' }), { json: { id: 'ftjob-1', status: 'running' } });

  await expect(openaiTrainer({ client: endpoint.client() }).cancel('ftjob-1')).rejects.toThrow('answered 400 no');
});

test('instant serving is ready under the id that training gave', async () => {
  const serving = instantServing();
  const ready = { deployment: 'ft:base-1', phase: 'ready', model: 'ft:base-1' };

  expect(await serving.deploy('r1/round-1', 'ft:base-1')).toEqual(ready);
  expect(await serving.get('ft:base-1')).toEqual(ready);
  await serving.destroy('ft:base-1');
});

async function* each(records: readonly TrainingRecord[]): AsyncIterable<TrainingRecord> {
  yield* records;
}
