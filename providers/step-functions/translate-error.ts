import type { RatchetError } from '../../core/errors.ts';
import { awsFailure, errorOf, passesOf } from '../aws-failure.ts';

/** A failure of Step Functions, as the error that says what its reader can do. `what` is what was asked of it. */
export function translateError(what: string, cause: unknown): RatchetError {
  const failure = awsFailure(cause);
  return errorOf(`Step Functions could not ${what}`, { failure, passes: passesOf(failure), allow: 'it' }, cause);
}

/** The SDK's name of a failure, such as `ExecutionDoesNotExist`; '' where it has none. */
export function nameOf(cause: unknown): string {
  return awsFailure(cause).name;
}
