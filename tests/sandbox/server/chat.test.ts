import { afterEach, describe, expect, test } from '@jest/globals';
import type { ChatModel } from '../../../sandbox/server/chat-model.ts';
import { closeSandboxes, openSandbox } from './sandbox-fixture.ts';

afterEach(closeSandboxes);

const messages = [{ role: 'user' as const, content: 'My kettle arrived broken. Can you help?' }];

describe('chat with the student', () => {
  test('the same seed gives the same choices, another seed gives others', async () => {
    const { client } = await openSandbox();
    const ask = (seed: number) => client.chat.completions.create({ model: 'desk-base', messages, n: 4, seed });

    const [first, again, other] = [await ask(1), await ask(1), await ask(2)];

    expect(first.choices).toEqual(again.choices);
    expect(first.choices).not.toEqual(other.choices);
    expect(new Set(first.choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
    expect(first.usage?.completion_tokens).toBeGreaterThan(8);
  });

  test('token logprobs join to the content and lie among the top ones', async () => {
    const { client } = await openSandbox();

    const { choices } = await client.chat.completions.create({
      model: 'desk-base',
      messages,
      seed: 3,
      logprobs: true,
      top_logprobs: 5,
    });

    const tokens = choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toBe(choices[0]?.message.content);
    expect(tokens.every(({ logprob }) => logprob <= 0)).toBe(true);
    expect(tokens[0]?.top_logprobs).toHaveLength(5);
  });

  test('a token limit cuts off with finish_reason length; a stop text ends before itself', async () => {
    const { client } = await openSandbox();

    const cut = await client.chat.completions.create({ model: 'desk-base', messages, seed: 1, max_tokens: 3 });
    const stopped = await client.chat.completions.create({ model: 'desk-base', messages, seed: 1, stop: '.' });

    expect(cut.choices[0]).toMatchObject({ finish_reason: 'length' });
    expect(cut.usage?.completion_tokens).toBe(3);
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(stopped.choices[0]?.message.content).not.toContain('.');
  });

  test('long conversations and foreign words do no harm', async () => {
    const { client } = await openSandbox();
    const long = 'Ein sehr langer Text über Wasserkocher. '.repeat(50);

    const { choices } = await client.chat.completions.create({
      model: 'desk-base',
      messages: [
        { role: 'system', content: long },
        { role: 'user', content: long },
        { role: 'assistant', content: long },
        { role: 'user', content: [{ type: 'text', text: long }] },
      ],
    });

    expect(choices[0]?.finish_reason).toMatch(/stop|length/);
  });
});

describe('what the server refuses', () => {
  test('unknown models are 404 model_not_found', async () => {
    const { client } = await openSandbox();

    const asking = client.chat.completions.create({ model: 'gpt-9', messages });

    await expect(asking).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    await expect(client.models.retrieve('gpt-9')).rejects.toMatchObject({ status: 404 });
  });

  test('bad values and streams are 400 and name the field', async () => {
    const { client } = await openSandbox();

    const hot = client.chat.completions.create({ model: 'desk-base', messages, temperature: 9 });
    const stream = client.chat.completions.create({ model: 'desk-base', messages, stream: true });

    await expect(hot).rejects.toMatchObject({ status: 400, param: 'temperature' });
    await expect(stream).rejects.toMatchObject({ status: 400, message: expect.stringContaining('does not stream') });
  });

  test('a wrong key is 401 where the server has one', async () => {
    const { client } = await openSandbox({ apiKey: 'right' });

    const asking = client.withOptions({ apiKey: 'wrong' }).models.list();

    await expect(asking).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['desk-base']);
  });
});

describe('another model beside the student', () => {
  const teacher: ChatModel = {
    id: 'teacher',
    respond: ({ messages: [first] }, { callIndex }) => ({
      choices: [{ content: `${callIndex}: ${first?.content}`, finishReason: 'stop' }],
    }),
  };

  test('it answers on the same wire', async () => {
    const { client } = await openSandbox({ teacher });

    const { choices } = await client.chat.completions.create({ model: 'teacher', messages });

    expect(choices[0]?.message.content).toBe(`0: ${messages[0]?.content}`);
  });

  test('planted faults arrive as HTTP says, at the same calls each time', async () => {
    const plan = { seed: 1, tooManyRequests: 0.3, serverError: 0.2, dropped: 0.2, retryAfterSeconds: 0.01 };
    const outcomes = async (): Promise<string[]> => {
      const { client } = await openSandbox({ teacher, faults: { teacher: plan } });
      const found: string[] = [];
      for (let call = 0; call < 30; call++) {
        const asking = client.chat.completions.create({ model: 'teacher', messages });
        found.push(
          await asking.then(
            () => 'ok',
            (error) => `${error.status} ${error.headers?.get('retry-after')}`,
          ),
        );
      }
      return found;
    };

    const first = await outcomes();

    expect(new Set(first)).toEqual(new Set(['ok', '429 1', '500 null', '503 null', 'undefined undefined']));
    expect(await outcomes()).toEqual(first);
  });
});
