import { afterEach, describe, expect, test } from '@jest/globals';
import { closeSandboxes, follow, openSandbox, preferenceLines, uploadLines } from './sandbox-fixture.ts';

afterEach(closeSandboxes);

const short = { n_epochs: 2, batch_size: 8 };
const messages = [{ role: 'user' as const, content: 'My kettle arrived broken. Can you help?' }];

describe('files', () => {
  test('an upload is listed, read back and deleted; the same bytes are the same file', async () => {
    const { client } = await openSandbox();

    const id = await uploadLines(client, preferenceLines);
    const again = await uploadLines(client, preferenceLines);

    expect(again).toBe(id);
    expect((await client.files.list()).data).toMatchObject([{ id, filename: 'train.jsonl', purpose: 'fine-tune' }]);
    const text = await (await client.files.content(id)).text();
    expect(text.split('\n')).toHaveLength(preferenceLines.length + 1);
    expect(await client.files.delete(id)).toMatchObject({ deleted: true });
    await expect(client.files.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });
});

describe('fine-tuning jobs', () => {
  test('a preference job trains, reports its steps, and its model and checkpoints are served', async () => {
    const { client } = await openSandbox();
    const training_file = await uploadLines(client, preferenceLines);

    const { id } = await client.fineTuning.jobs.create({
      model: 'desk-base',
      training_file,
      seed: 7,
      suffix: 'round-1',
      metadata: { run: 'r1' },
      method: { type: 'dpo', dpo: { hyperparameters: { ...short, beta: 0.2 } } },
    });
    const job = await follow(client, id);

    expect(job).toMatchObject({ status: 'succeeded', seed: 7, error: null });
    expect(job.fine_tuned_model).toMatch(/^ft:desk-base:round-1:[0-9a-f]{8}$/);
    const events = (await client.fineTuning.jobs.listEvents(id)).data;
    expect(events.filter(({ type }) => type === 'metrics')).toHaveLength(3);
    const checkpoints = (await client.fineTuning.jobs.checkpoints.list(id)).data;
    expect(checkpoints.map(({ step_number }) => step_number)).toEqual([3, 2]);
    for (const { fine_tuned_model_checkpoint: model } of checkpoints) {
      const { choices } = await client.chat.completions.create({ model, messages });
      expect(choices[0]?.message.content).toBeTruthy();
    }
    expect((await client.fineTuning.jobs.list({ metadata: { run: 'r1' } })).data).toHaveLength(1);
    expect((await client.fineTuning.jobs.list({ metadata: { run: 'r2' } })).data).toHaveLength(0);
  });

  test('a supervised job can start from a fine-tuned model', async () => {
    const { client } = await openSandbox();
    const lines = preferenceLines.map(({ input, preferred_output }) => ({
      messages: [...input.messages, ...preferred_output],
    }));
    const training_file = await uploadLines(client, lines);
    const method = { type: 'supervised' as const, supervised: { hyperparameters: { ...short, n_epochs: 1 } } };

    const first = await client.fineTuning.jobs.create({ model: 'desk-base', training_file, method });
    const model = (await follow(client, first.id)).fine_tuned_model ?? '';
    const second = await client.fineTuning.jobs.create({ model, training_file, method });
    const done = await follow(client, second.id);

    expect(done).toMatchObject({ status: 'succeeded', model });
    expect(done.fine_tuned_model).toMatch(/^ft:desk-base::[0-9a-f]{8}$/);
    expect(done.fine_tuned_model).not.toBe(model);
  });

  test('a reinforcement job learns from its grader; unreadable grades are counted and left out', async () => {
    let asked = 0;
    const teacher = {
      id: 'teacher',
      respond: () => {
        asked++;
        const content = asked % 4 === 0 ? 'no idea' : JSON.stringify({ score: asked % 3 });
        return { choices: [{ content, finishReason: 'stop' as const }] };
      },
    };
    const { client } = await openSandbox({ teacher });
    const training_file = await uploadLines(
      client,
      preferenceLines.map(({ input }) => ({ ...input, answer: 'replacement' })),
    );
    const grader = {
      type: 'multi',
      name: 'blend',
      calculate_output: '0.5 * names + score / 10',
      graders: {
        names: {
          type: 'string_check',
          name: 'names',
          operation: 'ilike',
          input: '{{sample.output_text}}',
          reference: '{{item.answer}}',
        },
        score: {
          type: 'score_model',
          name: 'score',
          model: 'teacher',
          range: [0, 10],
          input: [{ role: 'user', content: 'Score {{ sample.output_text }}' }],
        },
      },
    };

    const { id } = await client.fineTuning.jobs.create({
      model: 'desk-base',
      training_file,
      method: {
        type: 'reinforcement',
        reinforcement: {
          grader: grader as never,
          hyperparameters: { n_epochs: 1, batch_size: 6, compute_multiplier: 0.5 },
        },
      },
    });
    const job = await follow(client, id);

    expect(job.status).toBe('succeeded');
    expect(asked).toBe(12 * 4);
    const events = (await client.fineTuning.jobs.listEvents(id)).data;
    expect(events.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      '6 of 24 samples have no grade and are left out: the answer holds no score',
      '6 of 24 samples have no grade and are left out: the answer holds no score',
    ]);
  });

  test('a broken line fails the job and is named by its number', async () => {
    const { client } = await openSandbox();
    const training_file = await uploadLines(client, [...preferenceLines, { messages: [] }]);

    const { id } = await client.fineTuning.jobs.create({ model: 'desk-base', training_file, method: { type: 'dpo' } });
    const job = await follow(client, id);

    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file', message: expect.stringMatching(/^Line 13: /) },
    });
  });

  test('what can be known at once is refused at once', async () => {
    const { client } = await openSandbox();
    const training_file = await uploadLines(client, preferenceLines);
    const create = (body: object) =>
      client.fineTuning.jobs.create({ model: 'desk-base', training_file, ...body } as never);

    await expect(create({ model: 'gpt-9' })).rejects.toMatchObject({ status: 404 });
    await expect(create({ training_file: 'file-0' })).rejects.toMatchObject({ status: 400, param: 'training_file' });
    await expect(create({ method: { type: 'dpo', dpo: { hyperparameters: { beta: 3 } } } })).rejects.toMatchObject({
      status: 400,
      param: 'method.dpo.hyperparameters.beta',
    });
    await expect(client.fineTuning.jobs.retrieve('ftjob-0')).rejects.toMatchObject({ status: 404 });
  });

  test('a cancelled job stays cancelled, and the next one runs', async () => {
    const { client } = await openSandbox();
    const training_file = await uploadLines(client, preferenceLines);
    const create = (n_epochs: number) =>
      client.fineTuning.jobs.create({
        model: 'desk-base',
        training_file,
        method: { type: 'dpo', dpo: { hyperparameters: { n_epochs, batch_size: 8 } } },
      });

    const long = await create(50);
    const next = await create(1);
    await follow(client, long.id, ({ status }) => status === 'running');
    const cancelled = await client.fineTuning.jobs.cancel(long.id);

    expect(cancelled.status).toBe('cancelled');
    expect((await follow(client, next.id)).status).toBe('succeeded');
    expect((await client.fineTuning.jobs.retrieve(long.id)).status).toBe('cancelled');
    await expect(client.fineTuning.jobs.cancel(next.id)).rejects.toMatchObject({ status: 400 });
  });

  test('a job that a stopped server left starts again and ends with the same weights', async () => {
    const first = await openSandbox();
    const training_file = await uploadLines(first.client, preferenceLines);
    const body = {
      model: 'desk-base',
      training_file,
      seed: 5,
      method: { type: 'dpo' as const, dpo: { hyperparameters: short } },
    };
    const ask = async (client: typeof first.client, model: string | null) =>
      (await client.chat.completions.create({ model: model ?? '', messages, n: 3, seed: 1, logprobs: true })).choices;

    const whole = await follow(first.client, (await first.client.fineTuning.jobs.create(body)).id);
    const expected = await ask(first.client, whole.fine_tuned_model);
    const left = await first.client.fineTuning.jobs.create(body);
    await first.sandbox.close();
    const second = await openSandbox({ directory: first.directory });
    const resumed = await follow(second.client, left.id);

    expect(resumed.status).toBe('succeeded');
    // The same request makes the same model, and so the same name.
    expect(resumed.fine_tuned_model).toBe(whole.fine_tuned_model);
    expect(await ask(second.client, resumed.fine_tuned_model)).toEqual(expected);
  });
});
