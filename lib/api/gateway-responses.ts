import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** What API Gateway itself answers, before or instead of a function. */
interface GatewayAnswer {
  readonly type: ResponseType;
  readonly status: number;
  readonly title: string;
  /** Fixed words, or a variable of API Gateway that says no more than the request itself. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const unsigned =
  'Sign the request with AWS Signature Version 4 for the service execute-api. For a path or method that there is not, API Gateway says the same.';
const refused = 'Whoever signed the request may not call this route: it takes the permission execute-api:Invoke.';
const failed = 'Something unexpected happened; the log has it under the request id of the header x-amzn-requestid.';

const answers: readonly GatewayAnswer[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    status: 400,
    title: 'The request can’t be used',
    detail: '$context.error.validationErrorString',
  },
  {
    type: ResponseType.BAD_REQUEST_PARAMETERS,
    status: 400,
    title: 'The request can’t be used',
    detail: '$context.error.message',
  },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 403,
    title: 'Not signed, or no such route',
    detail: unsigned,
  },
  { type: ResponseType.INVALID_SIGNATURE, status: 403, title: 'The signature does not fit', detail: unsigned },
  { type: ResponseType.EXPIRED_TOKEN, status: 403, title: 'The credentials have expired', detail: unsigned },
  { type: ResponseType.ACCESS_DENIED, status: 403, title: 'Not allowed', detail: refused },
  {
    type: ResponseType.RESOURCE_NOT_FOUND,
    status: 404,
    title: 'Not found',
    detail: 'There is no such route; docs/openapi.yaml has those that there are.',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    title: 'The request is too large',
    detail: 'A request has at most 65536 bytes.',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    title: 'The request is not JSON',
    detail: 'Send JSON, with the header Content-Type: application/json.',
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    title: 'Too many requests',
    detail: 'The API has more requests than it takes. Try again in a second.',
    headers: { 'Retry-After': "'1'" },
  },
  { type: ResponseType.INTEGRATION_FAILURE, status: 502, title: 'Failed', detail: failed },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: 504, title: 'It took too long', detail: failed },
  // What is left are signatures that can't be read, and what can't happen here.
  { type: ResponseType.DEFAULT_4XX, status: 403, title: 'Not allowed', detail: unsigned },
  { type: ResponseType.DEFAULT_5XX, status: 500, title: 'Failed', detail: failed },
];

/** Makes API Gateway's own errors look like those of the functions: application/problem+json, and nothing internal in it. */
export function answerWithProblems(rest: RestApi): void {
  for (const { type, status, title, detail, headers } of answers) {
    const name = status < 500 ? 'RequestRefused' : 'Unexpected';
    rest.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: { 'Content-Type': "'application/problem+json'", ...headers },
      // API Gateway takes this template whatever the request accepts; the header then says what it really is.
      templates: { 'application/json': JSON.stringify({ type: `urn:ratchet:error:${name}`, title, status, detail }) },
    });
  }
}
