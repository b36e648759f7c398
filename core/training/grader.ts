import { type Rubric, scoreQuestion } from '../judging/judge-prompt.ts';
import { textOf } from '../prompt.ts';
import { contentHash } from '../random.ts';

/**
 * The teacher as the grader of a reinforcement job: OpenAI's `score_model`, a score of 0 to 10 for each sample. The
 * trainer fills its templates in: `item` is the line of the training file, whose messages reach the teacher as JSON.
 *
 * Between the fences stands text that no code of ours sees: look-alikes of a fence can't be taken apart there, as
 * scoreQuestion does elsewhere. So all rests on the nonce, which is a function of `key` (the run and round) and which no
 * author of a request or response can know.
 */
export function gradersFor(rubric: Rubric, teacherModel: string, key: string): Readonly<Record<string, unknown>> {
  const nonce = contentHash(`grader ${key}`);
  const messages = scoreQuestion('{{item.messages}}', withoutTemplates(rubric), '{{sample.output_text}}', nonce);
  return {
    type: 'score_model',
    name: 'teacher',
    model: teacherModel,
    input: messages.map((message) => ({ role: message.role, content: textOf(message) })),
    range: [0, 10],
  };
}

/** A rule may speak of {{placeholders}}; the trainer must not fill them in. */
function withoutTemplates({ purpose, rules }: Rubric): Rubric {
  const plain = (text: string) => text.replaceAll('{{', '{ {').replaceAll('}}', '} }');
  return { purpose: plain(purpose), rules: rules.map(plain) };
}
