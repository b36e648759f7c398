import type { Sampled, SampledText, Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { seedFor } from '../../core/random.ts';
import { responseId, type SampledPrompt, sampledPromptSchema } from '../../core/response.ts';
import type { Run } from '../../core/run.ts';
import { addUsage, priced } from '../../core/usage.ts';
import { type Checked, checkerFor } from '../own-checks.ts';
import { incumbentOf, samplingKey } from '../round.ts';
import { shardStep } from '../shard-step.ts';

/** prompts → responses: k of the incumbent to each prompt, with what the checks say of them. */
export const sampleResponses = shardStep({
  name: 'sample-responses',
  part: 'responses',
  set: 'train',
  row: sampledPromptSchema,
  async prepare({ run, round }, models, { store }) {
    const student = models.student(await incumbentOf(store, run, round));
    const check = await checkerFor(run.loop);
    return async (prompt) => {
      const settings = settingsOf(run, round, prompt);
      const calls = await sampleAll(student, prompt, run.loop.sampling.responses, settings);
      return rowOf(prompt, student.model, settings, calls, (text) => check(prompt, text), run);
    };
  },
});

type Settings = SampledPrompt['settings'];

function settingsOf(run: Run, round: number, prompt: Prompt): Settings {
  const { temperature, topP, maxTokens } = run.loop.sampling;
  return { temperature, topP, maxTokens, seed: seedFor('sample', samplingKey(run, round, prompt.id)) };
}

/** In one call where the endpoint can; what it leaves out is asked for once more, one response a call. */
async function sampleAll(student: Student, prompt: Prompt, count: number, settings: Settings): Promise<Sampled[]> {
  const first = await student.sample({ prompt, count, ...settings });
  const sent = first.texts.length;
  const singles = Array.from({ length: Math.max(0, count - sent) }, (_, index) =>
    student.sample({ prompt, count: 1, ...settings, seed: seedFor(settings.seed, sent + index) }),
  );
  return [first, ...(await Promise.all(singles))];
}

/** Every response that was asked for is in it, or the reason why not. */
function rowOf(
  prompt: Prompt,
  model: string,
  settings: Settings,
  calls: readonly Sampled[],
  check: (text: string) => Checked,
  { loop }: Run,
): SampledPrompt {
  const count = loop.sampling.responses;
  const sent = calls.flatMap(({ texts, servedBy }) => texts.map((text) => ({ ...text, servedBy }))).slice(0, count);
  const unsent = calls.findLast(({ missing }) => missing !== undefined)?.missing ?? 'not sent by the endpoint';
  const row: Pick<SampledPrompt, 'responses' | 'missing'> = { responses: [], missing: [] };
  for (let index = 0; index < count; index++) {
    const id = responseId(prompt.id, index);
    const response = sent[index];
    const checked = response ? check(response.text) : { broken: unsent };
    if (response && 'checks' in checked) row.responses.push({ id, model, ...fieldsOf(response), ...checked });
    else if ('broken' in checked) row.missing.push({ id, reason: checked.broken });
  }
  const usages = calls.map((call) => ({ ...priced(call.tokens, loop.student.price), calls: call.calls }));
  return { prompt: prompt.id, ...row, settings, usage: addUsage(...usages) };
}

function fieldsOf({ text, servedBy, finish, meanLogprob }: SampledText & Pick<Sampled, 'servedBy'>) {
  return {
    text,
    ...(servedBy === undefined ? {} : { servedBy }),
    finish,
    ...(meanLogprob === undefined ? {} : { meanLogprob }),
  };
}
