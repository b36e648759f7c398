import type { Problem } from '../../core/api.ts';
import { parametersIn } from '../api/request-checks.ts';
import type { Route } from '../api/routes.ts';
import { reference } from './components.ts';

interface Refusal {
  readonly status: number;
  readonly description: string;
  readonly example: Problem;
  /** Whether the answer says when to come back. */
  readonly hasRetryAfter?: boolean;
}

const problem = (status: number, name: string, title: string, detail: string): Problem => ({
  type: `urn:ratchet:error:${name}`,
  title,
  status,
  detail,
});

/** Errors by the name of their response; their order is that of their numbers. */
const refusals = {
  Unusable: {
    status: 400,
    description: 'The request can’t be used; it says which field is wrong, and how',
    example: {
      ...problem(400, 'RequestRefused', 'The request can’t be used', 'The request can’t be used.'),
      problems: [{ path: 'seed', message: 'Invalid input: expected number, received string' }],
    },
  },
  NotAllowed: {
    status: 403,
    description:
      'Not signed, or signed by somebody who may not; API Gateway says the same of a route that there is not',
    example: problem(
      403,
      'RequestRefused',
      'Not allowed',
      'Whoever signed the request may not call this route: it takes the permission execute-api:Invoke.',
    ),
  },
  NotFound: {
    status: 404,
    description: 'There is no such thing, or not yet',
    example: problem(404, 'RequestRefused', 'Not found', 'There is no run desk-7 of this loop.'),
  },
  Conflict: {
    status: 409,
    description: 'Not as things are now; `type` tells apart what a caller may handle',
    example: problem(
      409,
      'LoopBusy',
      'The loop is busy',
      'The loop support-desk is busy with the run desk-6: two runs would improve the same student at once. Wait for it, or stop it.',
    ),
  },
  TooLarge: {
    status: 413,
    description: 'The request is too large',
    example: problem(413, 'RequestRefused', 'The request is too large', 'A request has at most 65536 bytes.'),
  },
  NotJson: {
    status: 415,
    description: 'The body says that it is something else than JSON',
    example: problem(
      415,
      'RequestRefused',
      'The request is not JSON',
      'Send JSON, with the header Content-Type: application/json.',
    ),
  },
  TooMany: {
    status: 429,
    description: 'More requests than the API takes',
    hasRetryAfter: true,
    example: problem(
      429,
      'RequestRefused',
      'Too many requests',
      'The API has more requests than it takes. Try again in a second.',
    ),
  },
  Failed: {
    status: 500,
    description: 'A defect; the log has it under the id of the request',
    example: problem(
      500,
      'Unexpected',
      'Failed',
      'Something unexpected happened; the log has it under request 5f0e6a1c-3a52-4c0e-9a0b-6f7d1f0c2b11.',
    ),
  },
  Away: {
    status: 503,
    description: 'Something that Ratchet needs is busy or away for the moment',
    hasRetryAfter: true,
    example: problem(
      503,
      'StoreUnavailable',
      'Not available for the moment',
      'Something that Ratchet needs is busy or away. Try again.',
    ),
  },
  TooSlow: {
    status: 504,
    description: 'No answer within 29 s; whether anything was done is to be looked up',
    example: problem(
      504,
      'Unexpected',
      'It took too long',
      'Something unexpected happened; the log has it under the request id of the header x-amzn-requestid.',
    ),
  },
} satisfies Record<string, Refusal>;

type RefusalName = keyof typeof refusals;

/** Beyond what follows from the shape of a route. */
const ofRoute: Readonly<Record<string, readonly RefusalName[]>> = {
  'start-run': ['Conflict'],
  'resume-run': ['Conflict'],
  'answer-approval': ['Conflict'],
  'get-student': ['NotFound'],
  'roll-back': ['NotFound', 'Conflict'],
};

/** The errors of a route, as responses of its operation. */
export function refusalsOf(route: Route): Record<string, unknown> {
  const { folder, path, query, body } = route;
  const hasRun = parametersIn(path).length > 0;
  const names = new Set<RefusalName>([
    ...(hasRun || query || body ? (['Unusable'] as const) : []),
    ...(hasRun ? (['NotFound'] as const) : []),
    ...(body ? (['TooLarge', 'NotJson'] as const) : []),
    ...(['NotAllowed', 'TooMany', 'Failed', 'Away', 'TooSlow'] as const),
    ...(ofRoute[folder] ?? []),
  ]);
  const present = (Object.keys(refusals) as RefusalName[]).filter((name) => names.has(name));
  return Object.fromEntries(present.map((name) => [refusals[name].status, { $ref: `#/components/responses/${name}` }]));
}

/** The responses that the operations refer to. */
export function problemResponses(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries<Refusal>(refusals).map(([name, { description, example, hasRetryAfter }]) => [
      name,
      {
        description,
        ...(hasRetryAfter ? { headers: { 'Retry-After': retryAfter } } : {}),
        content: { 'application/problem+json': { schema: reference('Problem'), example } },
      },
    ]),
  );
}

const retryAfter = { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } };
