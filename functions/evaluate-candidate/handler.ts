import { evaluatePrompt, type MissingResponse } from '../../core/evaluation/evaluate-prompt.ts';
import { evaluatedPromptSchema, type Role } from '../../core/evaluation/evaluated-prompt.ts';
import type { Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { seedFor } from '../../core/random.ts';
import { type Response, responseId } from '../../core/response.ts';
import type { Run } from '../../core/run.ts';
import { addUsage, priced, type Usage } from '../../core/usage.ts';
import { judgeSettings } from '../judge-responses/handler.ts';
import { type Checked, checkerFor } from '../own-checks.ts';
import { candidateOf, choiceKey, incumbentOf, samplingKey } from '../round.ts';
import { shardStep } from '../shard-step.ts';

/** candidate, incumbent → evaluation: one response of each to each held-out prompt, compared. */
export const evaluateCandidate = shardStep({
  name: 'evaluate-candidate',
  part: 'evaluation',
  set: 'held-out',
  row: evaluatedPromptSchema,
  async prepare({ run, round }, models, { store }) {
    const { loop } = run;
    const incumbent = models.student(await incumbentOf(store, run, round));
    const candidate = models.student(await candidateOf(store, run.run, round));
    const teacher = models.teacher();
    const check = await checkerFor(loop);
    return async (prompt) => {
      const [ofIncumbent, ofCandidate] = await Promise.all([
        respond(incumbent, 'incumbent', prompt, run, round, check),
        respond(candidate, 'candidate', prompt, run, round, check),
      ]);
      const responses = { incumbent: ofIncumbent.response, candidate: ofCandidate.response };
      const key = choiceKey(run, round, prompt.id);
      const row = await evaluatePrompt(prompt, responses, teacher, judgeSettings(loop), `evaluate ${key}`);
      return { ...row, usage: addUsage(ofIncumbent.usage, ofCandidate.usage, row.usage) };
    };
  },
});

async function respond(
  student: Student,
  role: Role,
  prompt: Prompt,
  run: Run,
  round: number,
  check: (prompt: Prompt, text: string) => Checked,
): Promise<{ response: Response | MissingResponse; usage: Usage }> {
  const { sampling, evaluation } = run.loop;
  const { texts, tokens, calls, missing, servedBy } = await student.sample({
    prompt,
    count: 1,
    temperature: evaluation.temperature ?? sampling.temperature,
    topP: sampling.topP,
    maxTokens: sampling.maxTokens,
    // A seed for each role: equal students must be able to differ by chance.
    seed: seedFor('evaluate', role, samplingKey(run, round, prompt.id)),
  });
  const usage = { ...priced(tokens, run.loop.student.price), calls };
  const [first] = texts;
  if (!first) return { response: { missing: missing ?? 'not sent by the endpoint' }, usage };
  const { text, finish } = first;
  const checked = check(prompt, text);
  if ('broken' in checked) return { response: { missing: checked.broken }, usage };
  const served = servedBy === undefined ? {} : { servedBy };
  return {
    response: { id: responseId(prompt.id, role), text, model: student.model, ...served, finish, ...checked },
    usage,
  };
}
