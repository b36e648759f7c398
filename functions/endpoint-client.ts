import { InvalidInput } from '../core/errors.ts';
import type { Loop } from '../core/loop.ts';
import { bedrockKeys } from '../providers/bedrock/bedrock-keys.ts';
import { openaiClient } from '../providers/openai-compatible/client.ts';
import { secretKeys } from '../providers/secrets-manager/secret-keys.ts';
import { apiKeys } from './api-keys.ts';
import type { ServiceOptions } from './services.ts';

/** The clients of the endpoints that the loop file names; they share the keys, each of which is fetched once. */
export function endpointClients({ environment, sandboxUrl }: ServiceOptions) {
  const now = () => new Date();
  const keyOf = apiKeys(environment, secretKeys({ now }));
  const bedrockKeyOf = bedrockKeys({ environment, now });
  return (
    endpoint: Loop['student'] | NonNullable<Loop['trainer']>,
    timeoutSeconds = 'timeoutSeconds' in endpoint ? endpoint.timeoutSeconds : undefined,
  ) =>
    openaiClient({
      baseURL: endpoint.endpoint === 'sandbox' ? (sandboxUrl ?? noSandbox()) : endpoint.endpoint,
      ...(endpoint.apiKeyEnv === undefined ? bedrockKeyOf(endpoint.endpoint) : keyOf(endpoint.apiKeyEnv)),
      timeoutSeconds,
    });
}

function noSandbox(): never {
  throw new InvalidInput('The loop', [
    'it uses the endpoint "sandbox", but no sandbox runs; start one with "ratchet sandbox" and set RATCHET_SANDBOX_URL',
  ]);
}
