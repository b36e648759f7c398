import { type Problem, problemSchema } from '../../core/api.ts';
import {
  CredentialRefused,
  InvalidInput,
  LoopBusy,
  ProviderOverloaded,
  ProviderRejectedRequest,
  type RatchetError,
} from '../../core/errors.ts';
import type { FoundStack } from './find-stack.ts';

/** What was asked of the API, such as `GET /runs/x`. */
export interface Asked {
  readonly method: string;
  readonly path: string;
}

/** Whether the same request may be met in a moment. */
export function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** A refusal of the API, in its own words, as the error that says what its reader can do. */
export function refusalOf(stack: FoundStack, asked: Asked, status: number, body: string): RatchetError {
  const problem = problemIn(body);
  const words = problem?.detail ?? body.slice(0, 500);
  if (status === 401 || status === 403) return notAllowed(stack, asked, status, words);
  const busyWith =
    problem?.type === 'urn:ratchet:error:LoopBusy' ? / with the run ([a-z0-9-]+):/.exec(words)?.[1] : undefined;
  if (busyWith !== undefined) return new LoopBusy(stack.loop, busyWith);
  const said = `The API of the stack ${stack.name} answers ${asked.method} ${asked.path} with ${status}: ${words}`;
  if (isPassing(status)) return new ProviderOverloaded(said, { status });
  if (problem === undefined) return new ProviderRejectedRequest(said, { status });
  return new InvalidInput('The command', fieldsOf(problem));
}

/** Every field that is named; the words for all of it where none is. */
function fieldsOf({ detail, problems = [] }: Problem): string[] {
  const fields = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return fields.length === 0 ? [detail] : [detail, ...fields];
}

function notAllowed(
  { name, region, account, apiUrl }: FoundStack,
  { method, path }: Asked,
  status: number,
  words: string,
): CredentialRefused {
  const { host, pathname } = new URL(apiUrl);
  const route = `arn:aws:execute-api:${region}:${account}:${host.split('.')[0]}${pathname}${method}${path}`;
  return new CredentialRefused(
    `The API of the stack ${name} refuses ${method} ${path} (${status}): ${words} Allow execute-api:Invoke on ${route} to whoever you are signed in as.`,
  );
}

function problemIn(body: string): Problem | undefined {
  try {
    return problemSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
