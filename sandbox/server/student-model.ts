import { setImmediate as nextTurn } from 'node:timers/promises';
import { contentHash } from '../../core/random.ts';
import { promptTokens, responseLimit, type Turn } from '../student/conversation.ts';
import { likeliest, readPrompt, type Sample, sampleResponse } from '../student/sample.ts';
import type { Weights } from '../student/shape.ts';
import { type ChatChoice, type ChatModel, type ChatRequest, chatText } from './chat-model.ts';

/** A student as a chat model. The same weights and request give the same response, with a `seed` or without. */
export function studentModel(id: string, weights: Weights): ChatModel {
  return {
    id,
    async respond(request, { signal }) {
      const prompt = promptTokens(request.messages.map(turnOf));
      const read = readPrompt(weights, prompt);
      const samples: Sample[] = [];
      for (let index = 0; index < (request.n ?? 1); index++) {
        // A response takes some milliseconds; between two of them the server looks at its other sockets.
        await nextTurn();
        signal.throwIfAborted();
        samples.push(sampleResponse(weights, read, settingsOf(request, index)));
      }
      const completionTokens = samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
      return {
        choices: samples.map((sample) => choiceOf(sample, request)),
        usage: { promptTokens: prompt.length, completionTokens },
      };
    },
  };
}

/** Choice i has its own stream of randomness, so that n = 4 is four times n = 1 at four seeds. */
function settingsOf(request: ChatRequest, index: number): Parameters<typeof sampleResponse>[2] {
  const seed = request.seed ?? contentHash(JSON.stringify(request.messages));
  return {
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    seed: `${seed}/${index}`,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? responseLimit,
    stop: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []),
  };
}

function choiceOf({ text, tokens, finish }: Sample, request: ChatRequest): ChatChoice {
  if (!request.logprobs) return { content: text, finishReason: finish };
  const logprobs = tokens.map((token) => ({
    token: token.text,
    logprob: token.logprob,
    top_logprobs: likeliest(token.logprobs, request.top_logprobs ?? 0).map(({ id, token: word, logprob }) => ({
      token: id === token.id ? token.text : word,
      logprob,
    })),
  }));
  return { content: text, finishReason: finish, logprobs };
}

function turnOf(message: ChatRequest['messages'][number]): Turn {
  return { role: message.role === 'developer' ? 'system' : message.role, text: chatText(message) };
}
