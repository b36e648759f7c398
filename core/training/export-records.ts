import type { PreferencePair } from '../pairs/preference-pair.ts';
import type { TrainingRecord } from '../ports.ts';
import { type Message, textOf } from '../prompt.ts';
import { recordsFor } from './records.ts';

/**
 * What a dataset is written as for other trainers: OpenAI's preference files, the conversational preference dataset with
 * explicit prompts that TRL's DPOTrainer takes, and conversations that end in the chosen response.
 */
export const exportFormats = ['openai-preference', 'trl-preference', 'sft'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** One pair as one line of a file, without its line end; undefined where the format can't hold it. */
export function exportPair(format: ExportFormat, pair: PreferencePair): string | undefined {
  switch (format) {
    case 'openai-preference':
      return exportRecord(recordsFor('dpo', pair));
    case 'trl-preference':
      return trlPreference(pair);
    case 'sft':
      return exportRecord(recordsFor('supervised', pair));
  }
}

/** One training record as one line of OpenAI's fine-tuning files, without its line end. */
export function exportRecord(record: TrainingRecord): string {
  switch (record.kind) {
    case 'pair':
      return JSON.stringify({
        input: { messages: record.messages },
        preferred_output: [assistant(record.chosen)],
        non_preferred_output: [assistant(record.rejected)],
      });
    case 'example':
      return JSON.stringify({ messages: [...record.messages, assistant(record.response)] });
    case 'prompt':
      // A reference that is undefined leaves no key.
      return JSON.stringify({ messages: record.messages, reference_answer: record.reference });
  }
}

/** TRL wants images as files in a column of their own, not as URLs in messages: a pair with one has no line there. */
function trlPreference({ prompt, chosen, rejected }: PreferencePair): string | undefined {
  if (prompt.messages.some(hasImage)) return undefined;
  return JSON.stringify({
    prompt: prompt.messages.map((message) => ({ role: message.role, content: textOf(message) })),
    chosen: [assistant(chosen.text)],
    rejected: [assistant(rejected.text)],
  });
}

function hasImage({ content }: Message): boolean {
  return typeof content !== 'string' && content.some(({ type }) => type === 'image_url');
}

function assistant(content: string): Message {
  return { role: 'assistant', content };
}
