import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing } from '../../core/errors.ts';
import { judgeResponses as judge } from '../../core/judging/judge-responses.ts';
import { judgedPromptSchema } from '../../core/judging/judged-prompt.ts';
import type { Loop } from '../../core/loop.ts';
import { sampledPromptSchema } from '../../core/response.ts';
import { gather, readRows } from '../artifacts.ts';
import { choiceKey } from '../round.ts';
import { shardStep } from '../shard-step.ts';

/** responses → verdicts and critiques: the best and the worst of each prompt, found and confirmed. */
export const judgeResponses = shardStep({
  name: 'judge-responses',
  part: 'verdicts',
  set: 'train',
  row: judgedPromptSchema,
  async prepare({ run, round, shard, prompts }, models, { store }) {
    const teacher = models.teacher();
    const rows = await gather(readRows(store, keys.part(run.run, round, 'responses', shard), sampledPromptSchema));
    const sampled = new Map(rows.map((row) => [row.prompt, row]));
    const settings = judgeSettings(run.loop);
    // A share of few prompts may be none: each shard shows one canary at least, unless the loop wants none.
    const surelyShown = settings.canaryShare > 0 ? prompts[0]?.id : undefined;
    return async (prompt) => {
      const responses = sampled.get(prompt.id);
      if (!responses) throw new ArtifactMissing(`The responses to prompt ${prompt.id} are not in the store.`);
      const canaryShare = prompt.id === surelyShown ? 1 : settings.canaryShare;
      return judge(prompt, responses, teacher, { ...settings, canaryShare }, choiceKey(run, round, prompt.id));
    };
  },
});

export function judgeSettings({ rubric, judging, teacher }: Loop) {
  const { critiques, canaryShare } = judging;
  return { rubric, critiques, canaryShare, maxTokens: teacher.maxTokens, price: teacher.price };
}
