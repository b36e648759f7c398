import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateListExecutions,
  paginateListMapRuns,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** What Step Functions does for one run, the shards of its maps included. */
export interface Executed {
  /** States entered, and tasks tried again: what a Standard workflow is billed by. */
  readonly transitions: { readonly ofRun: number; readonly ofTrainShards: number; readonly ofHeldOutShards: number };
  /** Events in the history of the run itself. */
  readonly events: number;
  /** Of the state where it is largest. */
  readonly stateBytes: number;
  /** What the log level ALL writes. */
  readonly logBytes: number;
}

export async function countExecutions(client: SFNClient, executionArn: string): Promise<Executed> {
  const events = await historyOf(client, executionArn);
  const entered = events.filter(({ type }) => type?.endsWith('StateEntered'));
  const shards = await shardsOf(client, executionArn);
  const sum = (of: (typeof shards)[number][], value: (shard: (typeof shards)[number]) => number) =>
    of.reduce((total, shard) => total + value(shard), 0);
  const train = shards.filter(({ isHeldOut }) => !isHeldOut);
  const heldOut = shards.filter(({ isHeldOut }) => isHeldOut);
  return {
    transitions: {
      ofRun: entered.length + triedAgain(events),
      ofTrainShards: sum(train, ({ transitions }) => transitions),
      ofHeldOutShards: sum(heldOut, ({ transitions }) => transitions),
    },
    events: eventsOnAws(entered.length, countOf(events, 'TaskScheduled')),
    stateBytes: Math.max(
      ...entered.map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.input?.length ?? 0),
    ),
    logBytes:
      events.reduce((total, event) => total + LOG_LINE_BYTES + JSON.stringify(event).length, 0) +
      sum(shards, ({ events: count }) => count * SHARD_EVENT_BYTES),
  };
}

/** What stands in each line beside the event's own details: ids, time and the execution's ARN. */
const LOG_LINE_BYTES = 250;
/** A line about an event of a shard, whose state is `{run, round, shard}` and an answer or two. */
const SHARD_EVENT_BYTES = 550;

/** Steps of a shard that a question follows: whether another invocation is needed. */
const asked = ['sample-responses', 'judge-responses', 'evaluate-candidate'];

/** The emulator writes only the tasks of a shard down; the other states follow from the definition (lib/workflow.ts). */
async function shardsOf(client: SFNClient, executionArn: string) {
  const shards = [];
  for await (const { mapRuns = [] } of paginateListMapRuns({ client }, { executionArn })) {
    for (const { mapRunArn } of mapRuns) {
      for await (const { executions = [] } of paginateListExecutions({ client }, { mapRunArn })) {
        for (const child of executions) {
          const events = await historyOf(client, child.executionArn);
          const resources = events.map(({ taskSucceededEventDetails }) => taskSucceededEventDetails?.resource ?? '');
          const is = (step: string) => resources.some((resource) => resource.endsWith(step));
          const questions = resources.filter((one) => asked.some((step) => one.endsWith(step))).length;
          const tasks = countOf(events, 'TaskScheduled');
          // The last state is `shard done`.
          const transitions = tasks + questions + 1;
          shards.push({
            isHeldOut: is('evaluate-candidate'),
            transitions,
            events: eventsOnAws(transitions, tasks),
          });
        }
      }
    }
  }
  return shards;
}

/** Each state is entered and left, a task is also scheduled, started and done; the execution is started and done. */
function eventsOnAws(states: number, tasks: number): number {
  return 2 * states + 3 * tasks + 2;
}

function triedAgain(events: readonly HistoryEvent[]): number {
  return countOf(events, 'TaskScheduled') - countOf(events, 'TaskStateEntered');
}

function countOf(events: readonly HistoryEvent[], type: string): number {
  return events.filter((event) => event.type === type).length;
}

async function historyOf(client: SFNClient, executionArn: string | undefined): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
    all.push(...(page.events ?? []));
    nextToken = page.nextToken;
    if (nextToken === undefined) return all;
  }
}

/** Undefined while it runs. @throws Error when it did not succeed. */
export async function endOf(client: SFNClient, executionArn: string): Promise<true | undefined> {
  const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  if (status === 'RUNNING') return undefined;
  if (status === 'SUCCEEDED') return true;
  throw new Error(`The run ended as ${status}: ${error} ${cause}`);
}
