import type { Prompt } from '../../core/prompt.ts';
import { randomFor } from '../../core/random.ts';
import { formChecks, fullChecks } from './assess-reply.ts';
import { type Case, customerMessage, pick, splitCases } from './customer-messages.ts';

/** `train` prompts carry the checks of form alone; `held-out` prompts, on cases unseen in training, carry the truth. */
export function deskPrompts(part: 'train' | 'held-out', count: number): Prompt[] {
  const cases = part === 'train' ? splitCases().train : splitCases().heldOut;
  const random = randomFor('support-desk', 'prompts', part);
  const texts = new Map<string, Case>();
  while (texts.size < count) {
    const one = pick(cases, random);
    const text = customerMessage(one, random);
    if (!texts.has(text)) texts.set(text, one);
  }
  return [...texts].map(([content, { item, issue }], index) => ({
    id: `desk-${part}-${String(index + 1).padStart(3, '0')}`,
    messages: [{ role: 'user', content }],
    checks: part === 'train' ? formChecks : fullChecks(item, issue),
    tags: [issue, item],
  }));
}
