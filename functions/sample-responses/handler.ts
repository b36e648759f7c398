import { z } from 'zod';
import { runChecks } from '../../core/checks.ts';
import type { Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { seedFor } from '../../core/random.ts';
import { responseId, type SampledPrompt, sampledPromptSchema } from '../../core/response.ts';
import type { Run } from '../../core/run.ts';
import { priced } from '../../core/usage.ts';
import { promptsOf, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { finishPart, isFinished, usageOf } from '../finish-part.ts';
import { choiceKey, incumbentOf, shardInput } from '../round.ts';
import { tolerantStudent } from '../tolerance.ts';
import { workThroughShard } from '../work-shard.ts';

const output = z.null();

/** prompts → responses: k of the incumbent to each prompt, with what the checks say of them. */
export const sampleResponses: Step<typeof shardInput, typeof output> = {
  name: 'sample-responses',
  input: shardInput,
  output,
  async run({ run: name, round, shard }, services) {
    const place = { run: name, round, part: 'responses', shard } as const;
    if (await isFinished(services.store, place)) return null;
    const run = await readRun(services.store, name);
    const student = tolerantStudent(services.student(run.loop, await incumbentOf(services.store, run, round)));
    const rows = await workThroughShard(services, {
      ...place,
      run,
      step: 'sample-responses',
      prompts: await promptsOf(services.store, name, 'train', shard),
      rowSchema: sampledPromptSchema,
      work: (prompt) => samplePrompt(prompt, student, run, round),
    });
    await finishPart(services.store, place, rows, sampledPromptSchema, usageOf);
    return null;
  },
};

async function samplePrompt(prompt: Prompt, student: Student, { ...run }: Run, round: number): Promise<SampledPrompt> {
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
