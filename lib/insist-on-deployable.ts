import { InvalidInput } from '../core/errors.ts';
import type { Loop } from '../core/loop.ts';
import type { PreparedLoop } from './prepare-loop.ts';

/** Lambda ends a function after 900 s; a call has to fit in, with time to write down what it gave. */
const LONGEST_CALL_SECONDS = 600;

/**
 * What is fine on a laptop and can't work in AWS is refused here, before anything is deployed. Throws InvalidInput with every
 * problem at once.
 */
export function insistOnDeployable(
  { name, document }: Pick<PreparedLoop, 'name' | 'document'>,
  given: { readonly secrets?: Readonly<Record<string, unknown>>; readonly sandboxUrl?: string | undefined },
): void {
  const problems = (['student', 'teacher', 'trainer'] as const).flatMap((role) => problemsOf(role, document, given));
  if (problems.length > 0) throw new InvalidInput(`The loop ${name}, deployed,`, problems);
}

function problemsOf(
  role: 'student' | 'teacher' | 'trainer',
  document: Loop,
  { secrets = {}, sandboxUrl }: Parameters<typeof insistOnDeployable>[1],
): string[] {
  const endpoint = document[role];
  if (!endpoint) return [];
  const problems = [];
  if (endpoint.endpoint === 'sandbox' && sandboxUrl === undefined) {
    problems.push(
      `${role}.endpoint: the sandbox runs on a laptop; give the URL of an endpoint, or sandboxUrl for a trial`,
    );
  }
  if (endpoint.apiKeyEnv !== undefined && !(endpoint.apiKeyEnv in secrets)) {
    problems.push(
      `${role}.apiKeyEnv: name the secret that holds the key: -c secrets=${endpoint.apiKeyEnv}=NAME-OR-ARN`,
    );
  }
  if ('timeoutSeconds' in endpoint && endpoint.timeoutSeconds > LONGEST_CALL_SECONDS) {
    problems.push(
      `${role}.timeoutSeconds: ${LONGEST_CALL_SECONDS} at most; a Lambda function lives for 900 s, and a call has to fit in`,
    );
  }
  return problems;
}
