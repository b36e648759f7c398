import type { PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { RatchetError } from '../../core/errors.ts';
import { awsFailure, errorOf, passesByName, passesOf } from '../aws-failure.ts';

const allow = 'events:PutEvents';

/** A failure of EventBridge, as the error that says what its reader can do. `what` is what was asked of it. */
export function translateError(what: string, cause: unknown): RatchetError {
  const failure = awsFailure(cause);
  return errorOf(`EventBridge could not ${what}`, { failure, passes: passesOf(failure), allow }, cause);
}

/** An event that was not taken, in a request that was. */
export function entryFailure(
  what: string,
  { ErrorCode: name = '', ErrorMessage: message = '' }: PutEventsResultEntry,
): RatchetError {
  const failure = { name, message, status: undefined };
  return errorOf(`EventBridge could not ${what}`, { failure, passes: passesByName(name), allow });
}
