import type { TrainingRecord } from '../../core/ports.ts';

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

function assistant(content: string) {
  return { role: 'assistant', content };
}
