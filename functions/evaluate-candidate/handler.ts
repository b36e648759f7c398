import { z } from 'zod';
import { runChecks } from '../../core/checks.ts';
import { evaluatePrompt, type MissingResponse } from '../../core/evaluation/evaluate-prompt.ts';
import { type EvaluatedPrompt, evaluatedPromptSchema, type Role } from '../../core/evaluation/evaluated-prompt.ts';
import type { Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { seedFor } from '../../core/random.ts';
import { type Response, responseId } from '../../core/response.ts';
import type { Run } from '../../core/run.ts';
import { addUsage, priced, type Usage } from '../../core/usage.ts';
import { promptsOf, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { finishPart, isFinished, usageOf } from '../finish-part.ts';
import { judgeSettings } from '../judge-responses/handler.ts';
import { candidateOf, choiceKey, incumbentOf, shardInput } from '../round.ts';
import { tolerantStudent, tolerantTeacher } from '../tolerance.ts';
import { workThroughShard } from '../work-shard.ts';

const output = z.null();

/** candidate, incumbent → evaluation: one response of each to each held-out prompt, compared. */
export const evaluateCandidate: Step<typeof shardInput, typeof output> = {
  name: 'evaluate-candidate',
  input: shardInput,
  output,
  async run({ run: name, round, shard }, services) {
    const { store } = services;
    const place = { run: name, round, part: 'evaluation', shard } as const;
    if (await isFinished(store, place)) return null;
    const run = await readRun(store, name);
    const { loop } = run;
    const incumbent = tolerantStudent(services.student(loop, await incumbentOf(store, run, round)));
    const candidate = tolerantStudent(services.student(loop, await candidateOf(store, name, round)));
    const teacher = tolerantTeacher(services.teacher(loop));

    async function evaluate(prompt: Prompt): Promise<EvaluatedPrompt> {
      const ofIncumbent = await respond(incumbent, 'incumbent', prompt, run, round);
      const ofCandidate = await respond(candidate, 'candidate', prompt, run, round);
      const responses = { incumbent: ofIncumbent.response, candidate: ofCandidate.response };
      const key = choiceKey(run, round, prompt.id);
      const row = await evaluatePrompt(prompt, responses, teacher, judgeSettings(loop), `evaluate ${key}`);
      return { ...row, usage: addUsage(ofIncumbent.usage, ofCandidate.usage, row.usage) };
    }

    const rows = await workThroughShard(services, {
      ...place,
      run,
      step: 'evaluate-candidate',
      prompts: await promptsOf(store, name, 'held-out', shard),
      rowSchema: evaluatedPromptSchema,
      work: evaluate,
    });
    await finishPart(store, place, rows, evaluatedPromptSchema, usageOf);
    return null;
  },
};

async function respond(
  student: Student,
  role: Role,
  prompt: Prompt,
  { loop, ...run }: Run,
  round: number,
): Promise<{ response: Response | MissingResponse; usage: Usage }> {
  const { sampling, evaluation } = loop;
  const { texts, tokens, calls } = await student.sample({
    prompt,
    count: 1,
    temperature: evaluation.temperature ?? sampling.temperature,
    topP: sampling.topP,
    maxTokens: sampling.maxTokens,
    // A seed for each role: equal students must be able to differ by chance.
    seed: seedFor('evaluate', role, choiceKey({ loop, ...run }, round, prompt.id)),
  });
  const usage = { ...priced(tokens, loop.student.price), calls };
  const [first] = texts;
  if (!first) return { response: { missing: 'not sent by the endpoint' }, usage };
  const { text, finish } = first;
  const checks = runChecks(prompt.checks, text);
  return { response: { id: responseId(prompt.id, role), text, model: student.model, finish, checks }, usage };
}
