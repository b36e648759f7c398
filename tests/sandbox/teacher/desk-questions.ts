import type { TeacherAnswer, TeacherRequest } from '../../../core/ports.ts';
import type { Message, Prompt } from '../../../core/prompt.ts';
import type { ChatChoice, ChatModel, ChatRequest } from '../../../sandbox/server/chat-model.ts';

export const rubric = { purpose: 'Replies of a support desk.', rules: ['Name the item.', 'Offer help.', 'Be polite.'] };

export const promptOf = (content: string): Prompt => ({ id: 'p-1', messages: [{ role: 'user', content }] });

export const broken = promptOf('Hello, my kettle arrived broken. Can you help?');

/** From best to worst; each is truly better than the next. */
export const ladder = [
  'I am sorry about your kettle. A replacement is on its way.',
  'I am sorry about your kettle. We will send a replacement for your kettle today. Thank you for your patience.',
  'We will send a replacement for your kettle today.',
  'Sorry, a replacement kettle!',
  'We are sorry. We will send a replacement today.',
  'We will send a replacement today. It is on the way.',
  'I am sorry about your drill. A replacement is on its way.',
  'We will look into it. Someone will get back to you soon.',
  'Read the manual, you fool. We will send a replacement today.',
  'Stop complaining about the kettle. Whatever.',
  'Replacement replacement replacement.',
];

/** What the model says to one request, straight from it. */
export async function choiceOf(
  model: ChatModel,
  messages: readonly Message[],
  more: Partial<ChatRequest> = {},
): Promise<ChatChoice> {
  const request = { model: model.id, messages, ...more };
  const { choices } = await model.respond(request, { signal: new AbortController().signal, callIndex: 0 });
  return choices[0]!;
}

/** The model as a teacher's port, without a wire between. */
export async function askModel(model: ChatModel, request: TeacherRequest): Promise<TeacherAnswer> {
  const choice = await choiceOf(model, request.messages, {
    max_tokens: request.maxTokens,
    seed: request.seed,
    response_format: { type: 'json_schema', json_schema: { ...request.schema, strict: true } },
    logprobs: true,
    top_logprobs: 5,
  });
  const finish = choice.refusal === undefined ? (choice.finishReason === 'length' ? 'length' : 'stop') : 'refusal';
  const logprobs = choice.logprobs?.map(({ token, logprob, top_logprobs }) => ({
    token,
    logprob,
    alternatives: top_logprobs,
  }));
  const tokens = { promptTokens: 200, completionTokens: 5 };
  return { text: choice.refusal ?? choice.content, finish, tokens, calls: 1, ...(logprobs ? { logprobs } : {}) };
}
