import { runChecks } from '../../../core/checks/run-checks.ts';
import type { Prompt } from '../../../core/prompt.ts';
import { randomFor } from '../../../core/random.ts';
import { type Response, responseId, type SampledPrompt } from '../../../core/response.ts';
import { noUsage } from '../../../core/usage.ts';
import { formChecks } from '../../../sandbox/support-desk/assess-reply.ts';
import { type Case, pick, readCase } from '../../../sandbox/support-desk/customer-messages.ts';
import { deskPrompts } from '../../../sandbox/support-desk/prompts.ts';
import { type ReplyKind, reply, replyKinds } from '../../../sandbox/support-desk/replies.ts';

/** How good each kind truly is; the kinds in the middle are as good as each other. */
const worth: Readonly<Record<ReplyKind, number>> = { good: 2, 'wrong-item': 1, vague: 1, rude: 0 };

export interface Planted {
  readonly prompt: Prompt;
  readonly sampled: SampledPrompt;
  /** True worth by response id. */
  readonly truth: ReadonlyMap<string, number>;
}

/** Prompts with four replies each, of kinds drawn by chance. All pass the checks of form: only the teacher can decide. */
export function plantedPrompts(count: number): Planted[] {
  return deskPrompts('train', count).map((prompt) => {
    const random = randomFor('planted', prompt.id);
    const one = readCase(String(prompt.messages[0]?.content)) as Case;
    const truth = new Map<string, number>();
    const responses = Array.from({ length: 4 }, (_, index): Response => {
      const kind = pick(replyKinds, random);
      const id = responseId(prompt.id, index);
      truth.set(id, worth[kind]);
      const wellFormed = (): string => {
        const text = reply(kind, one, random);
        return runChecks(formChecks, text).failed.length === 0 ? text : wellFormed();
      };
      const text = wellFormed();
      const passed = runChecks(prompt.checks, text);
      return { id, text, model: 'planted', finish: 'stop', checks: { ...passed, failed: [] } };
    });
    const settings = { temperature: 1, topP: 1, maxTokens: 48, seed: 1 };
    return { prompt, truth, sampled: { prompt: prompt.id, responses, missing: [], settings, usage: noUsage } };
  });
}
