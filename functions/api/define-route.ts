import { Logger } from '@aws-lambda-powertools/logger';
import middy, { type Request } from '@middy/core';
import * as z from 'zod';
import { parsePart, problemOf, RequestRefused, retryAfter } from './problem.ts';

/** One route of the API: what a request brings, what is answered, and how, given its services. */
export interface Route<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Services,
> {
  /** The folder's name. */
  readonly name: string;
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
  readonly run: (
    request: RouteRequest<z.output<Path>, z.output<Query>, z.output<Body>>,
    services: Services,
  ) => Promise<RouteAnswer<z.input<Answer>>>;
}

export interface RouteRequest<Path, Query, Body> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The ARN of whoever signed the request. */
  readonly caller: string;
  /** As the sender named the request: `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined;
}

export interface RouteAnswer<Body> {
  /** 200 where it is left out. */
  readonly status?: 200 | 202;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** For the parts of a request that a route does not take. */
export const nothing = z.strictObject({});
const MOST_BYTES = 64 * 1024;

/** What API Gateway sends for a REST API; the format is in its developer guide, "Lambda proxy integrations". */
const eventSchema = z.looseObject({
  headers: z.record(z.string(), z.string()).nullish(),
  pathParameters: z.record(z.string(), z.string()).nullish(),
  queryStringParameters: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.looseObject({
    requestId: z.string().optional(),
    identity: z.looseObject({ userArn: z.string().nullish() }).optional(),
  }),
});
type GatewayEvent = z.output<typeof eventSchema>;

export interface GatewayAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The Lambda handler of a route: parse, run, check the answer, and a line in the log. What goes wrong is answered as
 * application/problem+json. Services are made at the first event, so that nothing read at import can fail.
 */
export function defineRoute<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
  Services,
>(
  route: Route<Path, Query, Body, Answer, Services>,
  services: () => Services,
): (event: unknown, context?: unknown) => Promise<GatewayAnswer> {
  const logger = new Logger({ serviceName: route.name });
  const log = ({ event, response, error, internal }: Request<unknown, GatewayAnswer>) => {
    const status = response?.statusCode ?? 500;
    const ms = Math.round(performance.now() - (internal as Timing).begun);
    const about = { route: route.name, status, run: runIn(event) ?? newRunIn(response), ms };
    if (status < 500) logger.info('answered', about);
    else logger.error('answered', { ...about, requestId: requestIdIn(event), error: error as Error });
  };
  // Lambda's own time-out ends the container; middy's, a moment before, would leave the work going on in the next request.
  const handler = middy<unknown, GatewayAnswer>({ timeoutEarlyInMillis: 0 })
    .before(({ internal }) => {
      (internal as Timing).begun = performance.now();
    })
    .after(log)
    // An answer set here turns the failure into one: that is what a caller of an API wants, and a workflow does not.
    .onError((request) => {
      request.response = refusalOf(request.error, requestIdIn(request.event));
      log(request);
    })
    .handler(async (raw: unknown) => {
      const event = eventSchema.parse(raw);
      const { status = 200, headers = {}, body } = await route.run(requestOf(route, event), services());
      return answerWith(status, route.answer.parse(body), headers);
    });
  return handler as unknown as (event: unknown, context?: unknown) => Promise<GatewayAnswer>;
}

interface Timing {
  begun: number;
}

function requestOf<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  { path, query, body }: Pick<Route<Path, Query, Body, z.ZodType, unknown>, 'path' | 'query' | 'body'>,
  event: GatewayEvent,
): RouteRequest<z.output<Path>, z.output<Query>, z.output<Body>> {
  return {
    path: parsePart(path, event.pathParameters ?? {}),
    query: parsePart(query, event.queryStringParameters ?? {}),
    body: parsePart(body, bodyOf(event)),
    caller: event.requestContext.identity?.userArn ?? 'unknown',
    idempotencyKey: headerOf(event, 'idempotency-key'),
  };
}

/** No body is an empty one: where every field may be left out, so may all of them. */
function bodyOf(event: GatewayEvent): unknown {
  const text = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (text.length === 0) return {};
  if (text.length > MOST_BYTES) throw new RequestRefused(413, `A request has at most ${MOST_BYTES} bytes.`);
  const type = headerOf(event, 'content-type') ?? 'none';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new RequestRefused(415, 'Send JSON, with the header Content-Type: application/json.');
  }
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw new RequestRefused(400, 'The body is not JSON.', [{ path: '', message: 'not JSON' }]);
  }
}

/** Names of headers come as they were sent. */
function headerOf({ headers }: GatewayEvent, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function answerWith(statusCode: number, body: unknown, headers: Readonly<Record<string, string>>): GatewayAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

function refusalOf(error: unknown, requestId: string): GatewayAnswer {
  const problem = problemOf(error, requestId);
  const wait = retryAfter(error);
  return answerWith(problem.status, problem, {
    'content-type': 'application/problem+json',
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
  });
}

/** Which run a request is about, as far as its path says. */
function runIn(event: unknown): string | undefined {
  return eventSchema.safeParse(event).data?.pathParameters?.['run'];
}

/** The run that a request has started. */
function newRunIn(answer: GatewayAnswer | null | undefined): string | undefined {
  return answer?.headers['location']?.replace('runs/', '');
}

function requestIdIn(event: unknown): string {
  return eventSchema.safeParse(event).data?.requestContext.requestId ?? 'unknown';
}
