import {
  CredentialRefused,
  ProviderAnswerUnreadable,
  ProviderOverloaded,
  ProviderRejectedRequest,
} from '../../core/errors.ts';

/** What can go wrong with any endpoint, and the error that must come of it. */
export interface Failure {
  readonly of: 'the overload' | 'the refusal' | 'the closed door' | 'the nonsense';
  readonly named: new (message: string, options?: { retryAfterSeconds?: number; status?: number }) => Error;
  readonly shows: Readonly<Record<string, unknown>>;
}

export const failures: readonly Failure[] = [
  { of: 'the overload', named: ProviderOverloaded, shows: { name: 'ProviderOverloaded', retryAfterSeconds: 3 } },
  { of: 'the refusal', named: ProviderRejectedRequest, shows: { name: 'ProviderRejectedRequest' } },
  { of: 'the closed door', named: CredentialRefused, shows: { name: 'CredentialRefused' } },
  { of: 'the nonsense', named: ProviderAnswerUnreadable, shows: { name: 'ProviderAnswerUnreadable' } },
];

/** The error itself, for fakes. */
export function errorOf(failure: Failure): Error {
  return new failure.named('as scripted', { retryAfterSeconds: 3 });
}
