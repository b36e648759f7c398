import { describe, expect, test } from '@jest/globals';
import {
  CredentialRefused,
  ProviderOverloaded,
  ProviderRejectedRequest,
  type RatchetError,
} from '../../../../core/errors.ts';
import type { SampledText, TeacherAnswer, TeacherRequest, Tokens } from '../../../../core/ports.ts';
import { openaiStudent } from '../../../../providers/openai-compatible/student.ts';
import { openaiTeacher } from '../../../../providers/openai-compatible/teacher.ts';
import { sampleRequest } from '../../student-contract.ts';
import { teacherRequest } from '../../teacher-contract.ts';
import { KEY, type Reply, ScriptedFetch } from '../scripted-fetch.ts';

/** How one kind of endpoint looks on the wire. `seen` says where its shapes come from: few of them were met in person. */
export interface Wire {
  readonly vendor: string;
  readonly seen: string;
  readonly baseURL: string;
  readonly model: string;
  /** Several responses to one prompt, and what must be read from them. */
  readonly sampled: { readonly reply: Reply; readonly texts: readonly SampledText[]; readonly tokens: Tokens };
  /** A verdict, and what must be read from it. */
  readonly judged: { readonly reply: Reply; readonly answer: Partial<TeacherAnswer> };
  readonly refusals: readonly WireRefusal[];
}

export interface WireRefusal {
  readonly what: string;
  readonly reply: Reply;
  readonly named: keyof typeof remedies;
  /** The endpoint's own words, which the message must keep. */
  readonly says: string;
  readonly waits?: number;
  /** Where the message tells something better than its kind of error usually does. */
  readonly remedy?: string;
}

/** What a message must tell its reader to do. */
const remedies = {
  CredentialRefused: /Check the key in the environment variable that apiKeyEnv names|Give the key the permission/,
  ProviderRejectedRequest: /Fix the loop file/,
  ProviderOverloaded: /callsAtOnce/,
} as const;
const classes = { CredentialRefused, ProviderRejectedRequest, ProviderOverloaded } as const;

/** A request for a verdict with its probability. */
export const verdictRequest: TeacherRequest = { ...teacherRequest, logprobs: true };

export const ask = (wire: Wire, ...replies: readonly Reply[]) => {
  const endpoint = new ScriptedFetch(...replies);
  const client = endpoint.client({ baseURL: wire.baseURL });
  return {
    endpoint,
    student: openaiStudent({ client, model: wire.model, logprobs: true }),
    teacher: openaiTeacher({ client, model: wire.model, logprobs: true }),
  };
};

/** What an error reply becomes for a student. */
export async function errorFrom(wire: Wire, reply: Reply): Promise<RatchetError> {
  return await ask(wire, reply)
    .student.sample(sampleRequest)
    .then(
      () => Promise.reject(new Error('It did not fail')),
      (error: RatchetError) => error,
    );
}

export function wireContract(wire: Wire): void {
  const host = new URL(wire.baseURL).host;

  describe(`${wire.vendor}, as ${wire.seen}`, () => {
    test('is asked below its base URL', async () => {
      const { endpoint, student } = ask(wire, wire.sampled.reply);

      await student.sample(sampleRequest);

      expect(endpoint.sent[0]?.url.href).toBe(`${wire.baseURL}/chat/completions`);
      expect(endpoint.sent[0]?.headers.get('authorization')).toBe(`Bearer ${KEY}`);
    });

    test("gives a student's responses, why each ended, and their tokens", async () => {
      const { texts, tokens } = await ask(wire, wire.sampled.reply).student.sample(sampleRequest);

      expect(texts).toEqual(wire.sampled.texts);
      expect(tokens).toEqual(wire.sampled.tokens);
    });

    test("gives a teacher's answer", async () => {
      const answer = await ask(wire, wire.judged.reply).teacher.ask(verdictRequest);

      expect(answer).toMatchObject(wire.judged.answer);
    });

    test.each(wire.refusals)('$what is $named, and says of whom, of which model and what to do', async (refusal) => {
      const error = await errorFrom(wire, refusal.reply);

      expect(error).toBeInstanceOf(classes[refusal.named]);
      expect(error.message).toContain(`POST ${host}`);
      expect(error.message).toContain(`/chat/completions (model ${wire.model})`);
      expect(error.message).toContain(refusal.says);
      expect(error.message).toMatch(refusal.remedy ?? remedies[refusal.named]);
      expect(error.message).not.toContain(KEY);
      if (error instanceof ProviderOverloaded) expect(error.retryAfterSeconds).toBe(refusal.waits);
    });
  });
}
