import { InvalidInput } from '../core/errors.ts';
import type { Loop } from '../core/loop.ts';
import { bedrockKeys } from '../providers/bedrock/bedrock-keys.ts';

const ANSWER_WITHIN_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A loop's endpoints answer, whatever they say, and the keys that they want are set. In the middle of a run an endpoint that
 * is away is waited for, up to half an hour; at its start nobody wants to wait to read of a typo. Throws InvalidInput.
 */
export async function checkEndpoints({ student, teacher, trainer }: Loop, environment: Environment): Promise<void> {
  const roles = Object.entries({ student, teacher, ...(trainer ? { trainer } : {}) });
  const problems = await Promise.all(roles.map(([role, endpoint]) => problemOf(role, endpoint, environment)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new InvalidInput('The loop', found);
}

async function problemOf(
  role: string,
  { endpoint, apiKeyEnv }: { readonly endpoint: string; readonly apiKeyEnv?: string | undefined },
  environment: Environment,
): Promise<string | undefined> {
  if (endpoint === 'sandbox') return undefined;
  if (apiKeyEnv !== undefined && !environment[apiKeyEnv]?.trim()) {
    return `${role}.apiKeyEnv: the environment variable ${apiKeyEnv} is not set; set it to the key of ${endpoint}`;
  }
  const noCredentials = apiKeyEnv === undefined ? await whyNoToken(endpoint, environment) : undefined;
  if (noCredentials !== undefined) return `${role}.endpoint: ${noCredentials}`;
  const why = await unreachable(`${endpoint.replace(/\/$/, '')}/models`);
  return why && `${role}.endpoint: ${endpoint} does not answer (${why}); start it, or correct the address`;
}

/** Bedrock without apiKeyEnv is called with the AWS credentials of whoever starts the run. */
async function whyNoToken(endpoint: string, environment: Environment): Promise<string | undefined> {
  const key = bedrockKeys({ environment, now: () => new Date() })(endpoint);
  return key?.apiKey().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

async function unreachable(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    const { cause, message, name } = error as Error & { readonly cause?: NodeJS.ErrnoException };
    return name === 'TimeoutError'
      ? `nothing within ${ANSWER_WITHIN_MS / 1000} s`
      : (cause?.code ?? cause?.message ?? message);
  }
}
