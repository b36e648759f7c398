import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Script } from './executions-contract.ts';

interface Kept {
  readonly name: string;
  readonly input: string;
  readonly startDate: number;
  status: string;
  stopDate?: number;
  error?: string;
  cause?: string;
  /** Oldest first, as GetExecutionHistory gives them. */
  readonly events: { type: string; [details: string]: unknown }[];
}
/** The fields of all requests together; each action has some of them. */
interface Fields {
  readonly stateMachineArn: string;
  readonly executionArn: string;
  readonly name: string;
  readonly input: string;
  readonly error: string;
  readonly cause: string;
  readonly taskToken: string;
  readonly reverseOrder: boolean;
  readonly maxResults: number;
  readonly nextToken: string | undefined;
}

const machine = 'arn:aws:states:eu-west-1:123456789012:stateMachine:ratchet-desk';
const executionArn = (name: string) => `${machine.replace(':stateMachine:', ':execution:')}:${name}`;

/**
 * So much of the wire of Step Functions as starting and following executions needs: AWS JSON 1.0 over POST, the action in
 * `X-Amz-Target`, errors by `__type`, dates in seconds. On loopback. A test says what happens in the executions.
 */
export async function startSfn() {
  const kept = new Map<string, Kept>();
  const tokens = new Map<string, 'waiting' | 'answered' | 'expired'>();
  const requests: { readonly action: string; readonly body: Record<string, unknown> }[] = [];
  /** Answered once each, before anything else. */
  const refusals: { readonly status: number; readonly type: string }[] = [];
  const server = createServer((request, response) => {
    void answerTo(request, response);
  });

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    requests.push({ action, body });
    const refusal = refusals.shift();
    try {
      if (request.headers['content-type'] !== 'application/x-amz-json-1.0') throw new Refused('SerializationException');
      if (refusal) throw new Refused(refusal.type, refusal.status);
      const act = actions[action];
      if (!act) throw new Refused('UnknownOperationException');
      send(response, 200, act(body));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const type = `com.amazonaws.swf.service.v2.model#${error.type}`;
      send(response, error.status, { __type: type, message: `No: ${error.type}` });
    }
  }

  function find(arn: string): Kept {
    const found = [...kept.values()].find(({ name }) => executionArn(name) === arn);
    if (!found) throw new Refused('ExecutionDoesNotExist');
    return found;
  }

  function told({ events: _, ...execution }: Kept) {
    return { ...execution, executionArn: executionArn(execution.name), stateMachineArn: machine };
  }

  const actions: Readonly<Record<string, (body: Fields) => unknown>> = {
    StartExecution({ stateMachineArn, name, input }) {
      if (stateMachineArn !== machine) throw new Refused('StateMachineDoesNotExist');
      const there = kept.get(name);
      if (there && (there.status !== 'RUNNING' || there.input !== input)) throw new Refused('ExecutionAlreadyExists');
      const startDate = there?.startDate ?? 1_795_510_800.123 + kept.size;
      const started = { type: 'ExecutionStarted' };
      if (!there) kept.set(name, { name, input, startDate, status: 'RUNNING', events: [started] });
      return { executionArn: executionArn(name), startDate };
    },
    DescribeExecution: ({ executionArn: arn }) => told(find(arn)),
    GetExecutionHistory({ executionArn: arn, reverseOrder, maxResults, nextToken }) {
      const events = reverseOrder ? find(arn).events.toReversed() : find(arn).events;
      return pageOf('events', events, Math.min(maxResults, 30), nextToken);
    },
    StopExecution({ executionArn: arn, error, cause }) {
      const found = find(arn);
      if (found.status !== 'RUNNING') throw new Refused('ValidationException');
      Object.assign(found, { status: 'ABORTED', stopDate: found.startDate + 60, error, cause });
      return { stopDate: found.stopDate };
    },
    RedriveExecution({ executionArn: arn }) {
      const found = find(arn);
      if (!['FAILED', 'ABORTED', 'TIMED_OUT'].includes(found.status)) throw new Refused('ExecutionNotRedrivable');
      found.status = 'RUNNING';
      for (const field of ['stopDate', 'error', 'cause'] as const) delete found[field];
      return { redriveDate: found.startDate + 120 };
    },
    ListExecutions({ maxResults, nextToken }) {
      const latestFirst = [...kept.values()].toReversed().map(({ input: _, ...execution }) => told(execution as Kept));
      return pageOf('executions', latestFirst, maxResults, nextToken);
    },
    SendTaskSuccess: ({ taskToken }) => take(taskToken),
    SendTaskFailure: ({ taskToken }) => take(taskToken),
  };

  function take(token: string) {
    const state = tokens.get(token);
    if (state === undefined) throw new Refused('InvalidToken');
    if (state === 'expired') throw new Refused('TaskTimedOut');
    if (state === 'answered') throw new Refused('TaskDoesNotExist');
    tokens.set(token, 'answered');
    return {};
  }

  const eventsOf = (name: string) => find(executionArn(name)).events;
  const scheduled = { type: 'LambdaFunctionScheduled', lambdaFunctionScheduledEventDetails: { resource: 'arn:f' } };
  const failed = { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: { error: 'ProviderOverloaded' } };
  const script: Script = {
    enter(name, state) {
      const kind = state.startsWith('Wait') ? 'Wait' : 'Task';
      const before = eventsOf(name).at(-1);
      if (before && before.type !== 'ExecutionStarted') {
        const { name: left } = (before['stateEnteredEventDetails'] as { name: string }) ?? { name: state };
        eventsOf(name).push({ type: `${kind}StateExited`, stateExitedEventDetails: { name: left } });
      }
      eventsOf(name).push({ type: `${kind}StateEntered`, stateEnteredEventDetails: { name: state } });
    },
    fail: (name) => void eventsOf(name).push(scheduled, failed),
    failAndRecover: (name) =>
      void eventsOf(name).push(
        scheduled,
        failed,
        scheduled,
        { type: 'LambdaFunctionStarted' },
        {
          type: 'LambdaFunctionSucceeded',
        },
      ),
    end(name, status, told = {}) {
      const found = find(executionArn(name));
      found.events.push({ type: wireEnds[status].event });
      Object.assign(found, { status: wireEnds[status].status, stopDate: found.startDate + 3600, ...told });
    },
    wait(name) {
      const token = `AAAAKgAAAAIAAAAA${name}${tokens.size}`;
      tokens.set(token, 'waiting');
      return token;
    },
    expire: (token) => void tokens.set(token, 'expired'),
  };

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    machine,
    requests,
    refusals,
    script,
    timeOut(name: string) {
      const found = find(executionArn(name));
      Object.assign(found, { status: 'TIMED_OUT', stopDate: found.startDate + 3600 });
    },
    reset() {
      kept.clear();
      tokens.clear();
      requests.length = 0;
      refusals.length = 0;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const wireEnds = {
  ended: { status: 'SUCCEEDED', event: 'ExecutionSucceeded' },
  failed: { status: 'FAILED', event: 'ExecutionFailed' },
  stopped: { status: 'ABORTED', event: 'ExecutionAborted' },
} as const;

class Refused extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, status = 400) {
    super(type);
    this.type = type;
    this.status = status;
  }
}

function pageOf(field: string, all: readonly unknown[], size: number, nextToken: string | undefined) {
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (Number.isNaN(start)) throw new Refused('InvalidToken');
  const end = start + size;
  return { [field]: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
