import type { SampledText, TeacherAnswer, Tokens } from '../../../core/ports.ts';
import type { Reply } from './scripted-fetch.ts';

const finishReasons = { stop: 'stop', length: 'length', refusal: 'stop', filtered: 'content_filter' };

/** A chat completion exactly as OpenAI sends it. */
export function completion(texts: readonly SampledText[], { promptTokens, completionTokens }: Tokens): Reply {
  const choices = texts.map(({ text, finish }, index) =>
    choice(index, finish === 'refusal' ? null : text, finish, text),
  );
  return {
    json: {
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      object: 'chat.completion',
      created: 1795500000,
      model: 'student-1-2026-01-01',
      choices,
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      },
      service_tier: 'default',
      system_fingerprint: null,
    },
  };
}

export function completionOf(answer: TeacherAnswer): Reply {
  const { text, finish, tokens, logprobs } = answer;
  const reply = completion(text === undefined ? [] : [{ text, finish }], tokens);
  const [only] = (reply.json as { choices: Record<string, unknown>[] }).choices;
  if (only && logprobs) {
    only['logprobs'] = {
      content: logprobs.map(({ token, logprob, alternatives }) => ({
        token,
        logprob,
        bytes: [...Buffer.from(token)],
        top_logprobs: alternatives.map((each) => ({ ...each, bytes: [...Buffer.from(each.token)] })),
      })),
      refusal: null,
    };
  }
  return reply;
}

function choice(index: number, content: string | null, finish: SampledText['finish'], refused: string) {
  return {
    index,
    message: { role: 'assistant', content, refusal: finish === 'refusal' ? refused : null, annotations: [] },
    logprobs: null,
    finish_reason: finishReasons[finish as keyof typeof finishReasons],
  };
}
