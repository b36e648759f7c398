import type { Method } from '../student/hyperparameters.ts';
import { lineSchemas } from '../student/training-lines.ts';

/** Fewer make no job, as with OpenAI. */
const fewestLines = 10;

export type TrainingFile =
  | { readonly kind: 'lines'; readonly lines: readonly unknown[] }
  | { readonly kind: 'invalid'; readonly message: string };

/** Every line must fit the method; the first that does not is named by its number. */
export function readTrainingFile(content: Buffer, method: Method): TrainingFile {
  const lines: unknown[] = [];
  for (const [index, line] of content.toString('utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const problem = problemOf(line, method, lines);
    if (problem) return { kind: 'invalid', message: `Line ${index + 1}: ${problem}` };
  }
  if (lines.length < fewestLines) {
    const message = `The file has ${lines.length} example(s), but must have at least ${fewestLines}.`;
    return { kind: 'invalid', message };
  }
  return { kind: 'lines', lines };
}

/** Adds a sound line to `lines`, or says what is wrong with it. */
function problemOf(line: string, method: Method, lines: unknown[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON.';
  }
  const parsed = lineSchemas[method].safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `'${issue?.path.join('.')}': ${issue?.message}.`;
  }
  lines.push(value);
  return undefined;
}
