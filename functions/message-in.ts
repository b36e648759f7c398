import * as z from 'zod';

const lambdaError = z.looseObject({ errorMessage: z.string() });

/** What a failure says, of its cause as Step Functions has it: Lambda wraps it in JSON, with a stack trace that is nobody's business. */
export function messageIn(cause: string): string {
  try {
    return lambdaError.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
