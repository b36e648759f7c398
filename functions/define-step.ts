import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import { z } from 'zod';
import { StepContractBroken } from '../core/errors.ts';
import type { Services } from './services.ts';

/** One step of the workflow: what comes in, what goes out, and what it does, given its services. */
export interface Step<Input extends z.ZodType, Output extends z.ZodType> {
  /** The folder's name, which is the state's name in kebab case. */
  readonly name: string;
  readonly input: Input;
  readonly output: Output;
  readonly run: (input: z.output<Input>, services: Services) => Promise<z.input<Output>>;
}

export type StepHandler = (event: unknown, context?: unknown) => Promise<unknown>;

/**
 * The Lambda handler of a step: parse, log with run, round and shard, run, check the answer. This is the only file that
 * knows middy and the logger. Services are made at the first event, so that nothing read at import can fail.
 */
export function defineStep<Input extends z.ZodType, Output extends z.ZodType>(
  step: Step<Input, Output>,
  services: () => Services,
): StepHandler {
  const logger = new Logger({ serviceName: step.name });
  const handler = middy<unknown, unknown>()
    .before(({ event }) => {
      logger.debug('started', placeOf(event));
    })
    .after(({ event, response }) => {
      logger.info('done', { ...placeOf(event), answer: response });
    })
    // Returning anything from here would turn the failure into a success.
    .onError(({ event, error }) => {
      logger.error('failed', { ...placeOf(event), error: error as Error });
    })
    .handler(async (event: unknown) => {
      const input = parseFor(step.name, 'was called with', step.input, event);
      return parseFor(step.name, 'answered', step.output, await step.run(input, services()));
    });
  return handler as unknown as StepHandler;
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
