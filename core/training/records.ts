import type { PreferencePair } from '../pairs/preference-pair.ts';
import type { TrainingMethod, TrainingRecord } from '../ports.ts';

/** What a training method learns from a pair: both sides, the chosen one, or its prompt with the reference. */
export function recordsFor(method: TrainingMethod, { prompt, chosen, rejected }: PreferencePair): TrainingRecord {
  const { messages, reference } = prompt;
  switch (method) {
    case 'dpo':
      return { kind: 'pair', messages, chosen: chosen.text, rejected: rejected.text };
    case 'supervised':
      return { kind: 'example', messages, response: chosen.text };
    case 'reinforcement':
      return { kind: 'prompt', messages, ...(reference === undefined ? {} : { reference }) };
  }
}
