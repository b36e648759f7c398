import { expect, test } from '@jest/globals';
import { ProviderRejectedRequest } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompt.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { sampleRequest } from '../student-contract.ts';
import { refusal, ScriptedFetch } from './scripted-fetch.ts';

const picture = { type: 'image_url', image_url: { url: 'https://example.com/part.png' } } as const;
const prompt: Prompt = {
  id: 'desk-7',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What?' }, picture] }],
};

async function refusedFor(asked: Prompt): Promise<unknown> {
  const message = 'Invalid content type. image_url is only supported by certain models.';
  const client = new ScriptedFetch(refusal(400, { message })).client();
  try {
    await openaiStudent({ client, model: 'text-only' }).sample({ ...sampleRequest, prompt: asked });
  } catch (error) {
    return error;
  }
  throw new Error('it was answered');
}

test('an image that a model refuses is told with the prompt, the model and what to do', async () => {
  const error = await refusedFor(prompt);

  expect(error).toBeInstanceOf(ProviderRejectedRequest);
  expect(String(error)).toContain('(model text-only) answered 400');
  expect(String(error)).toContain(
    'The prompt desk-7 has an image, which this model does not read: take the image out, or name a model that reads images.',
  );
});

test('a refusal of a prompt without an image says nothing of images', async () => {
  const error = await refusedFor({ id: 'desk-8', messages: [{ role: 'user', content: 'What?' }] });

  expect(String(error)).not.toContain('has an image');
});
