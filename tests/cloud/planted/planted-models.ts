import { hashOfMessages, plantedResponse, qualityOf } from '../../endpoint-simulator/planted-responses.ts';
import type { Call } from '../../endpoint-simulator/read-call.ts';
import { type Completion, completionOf } from '../../endpoint-simulator/write-completion.ts';

const BEST = 3;

/**
 * What a model writes. Several responses at once, from which a student learns, are good and bad as by chance; a single one,
 * by which students are compared, is as good as can be of the newest student, and states nothing of all others.
 */
export function writtenBy(call: Call, newest: string): Completion {
  const written = completionOf(call, {});
  if (call.role === 'teacher' || call.n > 1) return written;
  const content = responseOf(call, call.model === newest ? BEST : 0);
  return { ...written, choices: [{ content, finish: 'stop', isRefusal: false }] };
}

function responseOf(call: Call, quality: number): string {
  const messages = hashOfMessages(call);
  for (let index = 0; ; index++) {
    const text = plantedResponse(call, messages, index);
    if (qualityOf(text) === quality) return text;
  }
}
