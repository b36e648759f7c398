import { CredentialRefused } from '../../core/errors.ts';
import { bearerToken } from './bearer-token.ts';
import { bedrockRegion } from './bedrock-region.ts';
import { awsCredentials, type Credentials } from './credentials.ts';

/** A token is used for so long, and then another is made. */
const USED_FOR_MS = 10 * 60_000;
/** One that is stolen is good for no longer. It may be 12 hours at most, and is looked at when a request arrives. */
const LIFETIME_MS = 60 * 60_000;
/** A request that takes its time on the way arrives before its token ends. */
const LEFT_AT_LEAST_MS = 30_000;

export interface BedrockKeysOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Given in tests. */
  readonly credentials?: (() => Promise<Credentials>) | undefined;
}

export interface BedrockKey {
  readonly apiKey: () => Promise<string>;
  /** For errors. */
  readonly keyPlace: string;
}

/**
 * Keys for endpoints of Bedrock, made of the AWS credentials of this process: one token of each region at a time, for
 * whoever asks in this container. Undefined for an endpoint that is not Bedrock's. A key throws CredentialRefused.
 */
export function bedrockKeys(options: BedrockKeysOptions): (endpoint: string) => BedrockKey | undefined {
  const { environment, now, credentials = awsCredentials(environment) } = options;
  const kept = new Map<string, BedrockKey>();
  return (endpoint) => {
    const region = bedrockRegion(endpoint);
    if (region === undefined) return undefined;
    const found = kept.get(region) ?? {
      apiKey: keptToken(() => madeToken(credentials, region, now)),
      keyPlace: 'a token of the AWS credentials',
    };
    kept.set(region, found);
    return found;
  };

  function keptToken(make: () => Promise<Token>): () => Promise<string> {
    let token: Token | undefined;
    let making: Promise<Token> | undefined;
    return async () => {
      if (token !== undefined && now().getTime() < token.goodUntil) return token.text;
      making ??= make().finally(() => {
        making = undefined;
      });
      token = await making;
      return token.text;
    };
  }
}

interface Token {
  readonly text: string;
  /** In milliseconds since 1970. */
  readonly goodUntil: number;
}

async function madeToken(credentials: () => Promise<Credentials>, region: string, now: () => Date): Promise<Token> {
  const found = await credentials();
  const at = now();
  const lifetime = Math.min(LIFETIME_MS, (found.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - at.getTime());
  // Written so that a date that is none counts as past.
  if (!(lifetime >= LEFT_AT_LEAST_MS)) {
    throw new CredentialRefused(
      'The AWS credentials for Bedrock have expired. Sign in again, or set new ones, then resume.',
    );
  }
  const text = bearerToken(found, { region, at, seconds: Math.floor(lifetime / 1000) });
  return { text, goodUntil: at.getTime() + Math.min(USED_FOR_MS, lifetime - LEFT_AT_LEAST_MS) };
}
