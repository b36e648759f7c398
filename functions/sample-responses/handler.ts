import { runChecks } from '../../core/checks.ts';
import type { Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { seedFor } from '../../core/random.ts';
import { responseId, type SampledPrompt, sampledPromptSchema } from '../../core/response.ts';
import type { Run } from '../../core/run.ts';
import { priced } from '../../core/usage.ts';
import { choiceKey, incumbentOf } from '../round.ts';
import { shardStep } from '../shard-step.ts';
import { tolerantStudent } from '../tolerance.ts';

/** prompts → responses: k of the incumbent to each prompt, with what the checks say of them. */
export const sampleResponses = shardStep({
  name: 'sample-responses',
  part: 'responses',
  set: 'train',
  row: sampledPromptSchema,
  async prepare({ run, round }, services) {
    const student = tolerantStudent(services.student(run.loop, await incumbentOf(services.store, run, round)));
    return (prompt) => samplePrompt(prompt, student, run, round);
  },
});

async function samplePrompt(prompt: Prompt, student: Student, run: Run, round: number): Promise<SampledPrompt> {
  const { responses: count, temperature, topP, maxTokens } = run.loop.sampling;
  const settings = { temperature, topP, maxTokens, seed: seedFor('sample', choiceKey(run, round, prompt.id)) };
  const { texts, tokens, calls } = await student.sample({ prompt, count, ...settings });
  const ids = Array.from({ length: count }, (_, index) => responseId(prompt.id, index));
  return {
    prompt: prompt.id,
    responses: texts.map(({ text, finish, meanLogprob }, index) => ({
      id: ids[index] as string,
      text,
      model: student.model,
      finish,
      ...(meanLogprob === undefined ? {} : { meanLogprob }),
      checks: runChecks(prompt.checks, text),
    })),
    missing: ids.slice(texts.length).map((id) => ({ id, reason: 'not sent by the endpoint' })),
    settings,
    usage: { ...priced(tokens, run.loop.student.price), calls },
  };
}
