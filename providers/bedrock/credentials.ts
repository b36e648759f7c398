import { CredentialRefused } from '../../core/errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The AWS credentials of this process: in a Lambda function those in its environment, elsewhere what the AWS SDK finds. A
 * profile goes before keys in the environment, as it does there. Throws CredentialRefused.
 */
export function awsCredentials(environment: Environment): () => Promise<Credentials> {
  let chain: (() => Promise<Credentials>) | undefined;
  return async () => {
    const inEnvironment = environment['AWS_PROFILE'] ? undefined : credentialsIn(environment);
    if (inEnvironment) return inEnvironment;
    // The chain is heavy to load. It keeps what it found until shortly before that expires.
    chain ??= (await import('@aws-sdk/credential-provider-node')).defaultProvider();
    return chain().catch((error: unknown) => {
      throw noCredentials(error);
    });
  };
}

function credentialsIn(environment: Environment): Credentials | undefined {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    ...(AWS_CREDENTIAL_EXPIRATION ? { expiration: new Date(AWS_CREDENTIAL_EXPIRATION) } : {}),
  };
}

/** Its message alone: a cause may hold what a credential process printed. */
function noCredentials(error: unknown): CredentialRefused {
  const said = error instanceof Error ? error.message : String(error);
  return new CredentialRefused(
    `Bedrock is called without apiKeyEnv, and no AWS credentials were found for it (${said}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again; or name a key with apiKeyEnv.`,
  );
}
