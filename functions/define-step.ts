import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import * as z from 'zod';
import { StepContractBroken } from '../core/errors.ts';
import type { BaseServices } from './services.ts';

/** One step of the workflow: what comes in, what goes out, and what it does, given the services that it needs. */
export interface Step<Input extends z.ZodType, Output extends z.ZodType, Given extends BaseServices = BaseServices> {
  /** The folder's name, which is the state's name in kebab case. */
  readonly name: string;
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, services: Given) => Promise<z.input<Output>>;
}

export type StepHandler = (event: unknown, context?: unknown) => Promise<unknown>;

/**
 * The Lambda handler of a step: parse, log with run, round and shard, run, check the answer. This is the only file that
 * knows middy and the logger. Services are made at the first event, so that nothing read at import can fail.
 */
export function defineStep<Input extends z.ZodType, Output extends z.ZodType, Given extends BaseServices>(
  step: Step<Input, Output, Given>,
  services: () => Given,
): StepHandler {
  const logger = new Logger({ serviceName: step.name });
  let loop: string | undefined;
  const toldOf = (event: unknown, context: unknown) => ({
    step: step.name,
    loop,
    ...placeOf(event),
    ...invocationOf(context),
  });
  // Middy's own time-out would answer a moment before Lambda's, by a name that no Retry knows, and leave the work going on in
  // the next invocation. Without it Lambda ends the container and says Sandbox.Timedout, which is tried again.
  const handler = middy<unknown, unknown>({ timeoutEarlyInMillis: 0 })
    .before(({ event, context }) => {
      logger.debug('started', toldOf(event, context));
    })
    .after(({ event, context, response }) => {
      logger.info('done', { ...toldOf(event, context), answer: response });
    })
    // Returning anything from here would turn the failure into a success.
    .onError(({ event, context, error }) => {
      logger.error('failed', { ...toldOf(event, context), error: error as Error });
    })
    .handler(async (event: unknown, context: unknown) => {
      const input = parseFor(step.name, 'was called with', step.input, event);
      const given = services();
      loop = given.loop;
      const begun = hasDeadline(context) && given.invocation?.begin(() => context.getRemainingTimeInMillis());
      const answer = await step.run(input, { ...given, stop: begun || given.stop });
      return parseFor(step.name, 'answered', step.output, answer);
    });
  return handler as unknown as StepHandler;
}

/** Lambda's context says how much time is left; the local runner's says nothing. */
function hasDeadline(context: unknown): context is { getRemainingTimeInMillis(): number } {
  return typeof context === 'object' && context !== null && 'getRemainingTimeInMillis' in context;
}

/** Lambda's own lines have the same id, and so has its answer; the logger adds X-Ray's trace. */
function invocationOf(context: unknown): Record<string, unknown> {
  return hasDeadline(context) && 'awsRequestId' in context ? { function_request_id: context.awsRequestId } : {};
}

/** Said with each line: in one process the shards of a step take turns, and keys kept in the logger would be another's. */
function placeOf(event: unknown): Record<string, unknown> {
  if (typeof event !== 'object' || event === null) return {};
  return Object.fromEntries(Object.entries(event).filter(([key]) => ['run', 'round', 'shard', 'loop'].includes(key)));
}

function parseFor<T extends z.ZodType>(step: string, verb: string, schema: T, value: unknown): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new StepContractBroken(`${step} ${verb} something that does not fit: ${z.prettifyError(read.error)}`, {
    cause: read.error,
  });
}
