import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { InvalidInput } from '../../core/errors.ts';
import type { ExecutionEntry, Executions, ExecutionView } from '../../core/ports.ts';
import { sfnClient } from './client.ts';
import { type StateVisit, visitsOf } from './history.ts';
import { nameOf, translateError } from './translate-error.ts';

/** The executions of one Standard state machine. API: https://docs.aws.amazon.com/step-functions/latest/apireference/ */
export function stepFunctions({
  stateMachineArn,
  client = sfnClient(),
}: {
  readonly stateMachineArn: string;
  readonly client?: SFNClient;
}): Executions {
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  /** The answer to a call; what `known` says of an error of that name, in its place. */
  async function asked<T, K = never>(
    what: string,
    call: () => Promise<T>,
    known: Readonly<Record<string, K>> = {},
  ): Promise<T | K> {
    try {
      return await call();
    } catch (error) {
      const name = nameOf(error);
      if (Object.hasOwn(known, name)) return known[name] as K;
      throw translateError(what, error);
    }
  }

  async function firstVisit(name: string, isMeant: (visit: StateVisit) => boolean): Promise<StateVisit | undefined> {
    for await (const visit of visitsOf(client, arnOf(name))) if (isMeant(visit)) return visit;
    return undefined;
  }

  async function isRunning(name: string): Promise<boolean> {
    const request = new DescribeExecutionCommand({ executionArn: arnOf(name) });
    const found = await asked(`describe ${name}`, () => client.send(request), { ExecutionDoesNotExist: undefined });
    return found?.status === 'RUNNING' || found?.status === 'PENDING_REDRIVE';
  }

  const visit = (name: string, isMeant: (visit: StateVisit) => boolean = () => true) =>
    asked(`read the history of ${name}`, () => firstVisit(name, isMeant), { ExecutionDoesNotExist: undefined });

  return {
    async start(name, input) {
      const request = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      const started = await asked(`start ${name}`, () => client.send(request), { ExecutionAlreadyExists: undefined });
      return { arn: started?.executionArn ?? arnOf(name), isThere: started === undefined };
    },

    async describe(name) {
      const request = new DescribeExecutionCommand({ executionArn: arnOf(name) });
      const found = await asked(`describe ${name}`, () => client.send(request), { ExecutionDoesNotExist: undefined });
      return found && viewOf({ ...found, executionArn: arnOf(name), name });
    },

    async latestState(name) {
      return (await visit(name))?.state;
    },

    async failedState(name, besides) {
      const failed = await visit(name, ({ state, outcome }) => outcome === 'failed' && !besides.includes(state));
      return failed?.state;
    },

    async stop(name, cause) {
      const request = new StopExecutionCommand({ executionArn: arnOf(name), error: 'Stopped', cause: first(cause) });
      await asked(`stop ${name}`, () => client.send(request), overAlready);
    },

    async redrive(name) {
      const request = new RedriveExecutionCommand({ executionArn: arnOf(name) });
      const sent = await asked(`redrive ${name}`, () => client.send(request), notRedrivable);
      // Somebody else was faster: it goes on, and a second one beside it would pay for the same work.
      return sent !== false || (await isRunning(name));
    },

    async list({ limit, next }) {
      const request = new ListExecutionsCommand({ stateMachineArn, maxResults: limit, nextToken: next });
      const page = await asked('list executions', () => client.send(request), { InvalidToken: undefined });
      if (page === undefined) throw new InvalidInput('The request', ['next is not what a page before has said']);
      return { executions: (page.executions ?? []).map(entryOf), next: page.nextToken };
    },

    async answer(taskToken, answer) {
      const send = () =>
        answer.approved
          ? client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ approved: true }) }))
          : client.send(
              new SendTaskFailureCommand({ taskToken, error: 'ApprovalRefused', cause: first(answer.cause) }),
            );
      return (await asked('answer a task', send, noSuchTask)) !== false;
    },
  };
}

const overAlready = { ValidationException: undefined, ExecutionDoesNotExist: undefined };
/** It is too old, has too long a history, or runs. */
const notRedrivable = { ExecutionNotRedrivable: false, ExecutionDoesNotExist: false } as const;
const noSuchTask = { TaskTimedOut: false, TaskDoesNotExist: false, InvalidToken: false } as const;

/** A cause has at most 32,768 characters. */
function first(cause: string): string {
  return cause.slice(0, 32_768);
}

const statuses: Readonly<Record<ExecutionStatus, ExecutionEntry['status']>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'ended',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  ABORTED: 'stopped',
};

interface Told {
  readonly name?: string | undefined;
  readonly executionArn?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly startDate?: Date | undefined;
  readonly stopDate?: Date | undefined;
  readonly redriveDate?: Date | undefined;
  readonly input?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

function entryOf(told: Told): ExecutionEntry {
  const { name = '', status = 'RUNNING', startDate = new Date(0), stopDate, redriveDate = startDate } = told;
  return {
    name,
    status: statuses[status],
    startedAt: redriveDate.toISOString(),
    stoppedAt: stopDate?.toISOString(),
  };
}

function viewOf(told: Told): ExecutionView {
  const { executionArn = '', input = '{}', error, cause, status } = told;
  // Of a time-out Step Functions says no more than that.
  const name = error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : undefined);
  return { ...entryOf(told), arn: executionArn, input: JSON.parse(input), error: name, cause };
}
