import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing } from '../../core/errors.ts';
import { judgeResponses as judge } from '../../core/judging/judge-responses.ts';
import { judgedPromptSchema } from '../../core/judging/judged-prompt.ts';
import type { Loop } from '../../core/loop.ts';
import { sampledPromptSchema } from '../../core/response.ts';
import { gather, promptsOf, readRows, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { finishPart, isFinished, usageOf } from '../finish-part.ts';
import { choiceKey, shardInput } from '../round.ts';
import { tolerantTeacher } from '../tolerance.ts';
import { workThroughShard } from '../work-shard.ts';

const output = z.null();

/** responses → verdicts and critiques: the best and the worst of each prompt, found and confirmed. */
export const judgeResponses: Step<typeof shardInput, typeof output> = {
  name: 'judge-responses',
  input: shardInput,
  output,
  async run({ run: name, round, shard }, services) {
    const { store } = services;
    const place = { run: name, round, part: 'verdicts', shard } as const;
    if (await isFinished(store, place)) return null;
    const run = await readRun(store, name);
    const teacher = tolerantTeacher(services.teacher(run.loop));
    const rows = await gather(readRows(store, keys.part(name, round, 'responses', shard), sampledPromptSchema));
    const sampled = new Map(rows.map((row) => [row.prompt, row]));
    const settings = judgeSettings(run.loop);
    const prompts = await promptsOf(store, name, 'train', shard);
    // A share of few prompts may be none: each shard shows one canary at least, unless the loop wants none.
    const surelyShown = settings.canaryShare > 0 ? prompts[0]?.id : undefined;
    const judged = await workThroughShard(services, {
      ...place,
      run,
      step: 'judge-responses',
      prompts,
      rowSchema: judgedPromptSchema,
      work: (prompt) => {
        const responses = sampled.get(prompt.id);
        if (!responses) throw new ArtifactMissing(`The responses to prompt ${prompt.id} are not in the store.`);
        const canaryShare = prompt.id === surelyShown ? 1 : settings.canaryShare;
        return judge(prompt, responses, teacher, { ...settings, canaryShare }, choiceKey(run, round, prompt.id));
      },
    });
    await finishPart(store, place, judged, judgedPromptSchema, usageOf);
    return null;
  },
};

export function judgeSettings({ rubric, judging, teacher }: Loop) {
  const { critiques, canaryShare } = judging;
  return { rubric, critiques, canaryShare, maxTokens: teacher.maxTokens, price: teacher.price };
}
