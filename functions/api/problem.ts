import type * as z from 'zod';
import type { Problem } from '../../core/api.ts';
import {
  IncumbentMoved,
  InvalidInput,
  LoopBusy,
  ProviderOverloaded,
  StoreUnavailable,
  WriteConflict,
} from '../../core/errors.ts';

/** A request that can't be met, and whose sender can know why: everything in it is told. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: 400 | 404 | 409 | 413 | 415;
  readonly problems: Problem['problems'];
  constructor(status: RequestRefused['status'], detail: string, problems?: Problem['problems']) {
    super(detail);
    this.status = status;
    this.problems = problems;
  }
}

export function unknownRun(run: string): RequestRefused {
  return new RequestRefused(404, `There is no run ${run} of this loop.`);
}

/** What a request fails with, as application/problem+json. Nothing internal is told: no message that we have not chosen. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof RequestRefused) {
    const { status, message, problems } = error;
    return { ...about('RequestRefused', titles[status], status, message), ...(problems && { problems }) };
  }
  if (error instanceof InvalidInput) {
    const problems = error.problems.map((message) => ({ path: '', message }));
    return { ...about(error.name, titles[400], 400, 'The request can’t be used.'), problems };
  }
  if (error instanceof LoopBusy) return about(error.name, 'The loop is busy', 409, error.message);
  if (error instanceof IncumbentMoved) return about(error.name, 'The incumbent has moved', 409, error.message);
  if (error instanceof WriteConflict) {
    return about(error.name, titles[409], 409, 'Somebody else changed the same thing at the same time. Try again.');
  }
  if (isPassing(error)) {
    return about(
      error.name,
      'Not available for the moment',
      503,
      'Something that Ratchet needs is busy or away. Try again.',
    );
  }
  return about(
    'Unexpected',
    'Failed',
    500,
    `Something unexpected happened; the log has it under request ${requestId}.`,
  );
}

/** Seconds that the sender should wait before it tries again; undefined where waiting does not help. */
export function retryAfter(error: unknown): number | undefined {
  if (!isPassing(error)) return undefined;
  return (error instanceof ProviderOverloaded ? error.retryAfterSeconds : undefined) ?? USUAL_WAIT_SECONDS;
}
const USUAL_WAIT_SECONDS = 5;

/** Parses a part of a request. Throws RequestRefused, with every field that does not fit. */
export function parsePart<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new RequestRefused(400, 'The request can’t be used.', read.error.issues.flatMap(problemsIn));
}

function problemsIn(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  const message = issue.code === 'unrecognized_keys' ? 'There is no such field' : issue.message;
  return paths.map((path) => ({ path: path.join('.'), message }));
}

function isPassing(error: unknown): error is StoreUnavailable | ProviderOverloaded {
  return error instanceof StoreUnavailable || error instanceof ProviderOverloaded;
}

function about(name: string, title: string, status: number, detail: string): Problem {
  return { type: `urn:ratchet:error:${name}`, title, status, detail };
}

const titles = {
  400: 'The request can’t be used',
  404: 'Not found',
  409: 'Not as things are now',
  413: 'The request is too large',
  415: 'The request is not JSON',
} as const;
