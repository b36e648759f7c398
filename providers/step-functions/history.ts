import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

/** What happened in one state, the latest first. Only the workflow's own states: items of a Distributed Map have histories of their own. */
export interface StateVisit {
  readonly state: string;
  /** How the last of its tries ended; undefined while it is under way, and where there is nothing to try. */
  readonly outcome: 'failed' | 'succeeded' | undefined;
}

/** A state takes a handful of events, and one that is retried to the end a hundred. */
const EVENTS_A_PAGE = 200;

/** The states that an execution has entered, the latest first. */
export async function* visitsOf(client: SFNClient, executionArn: string): AsyncIterable<StateVisit> {
  let outcome: StateVisit['outcome'];
  for await (const event of eventsOf(client, executionArn)) {
    const type = event.type ?? '';
    if (type.endsWith('StateEntered')) {
      yield { state: event.stateEnteredEventDetails?.name ?? '', outcome };
      outcome = undefined;
    } else outcome ??= outcomeIn(type);
  }
}

/** See HistoryEventType in https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html. */
function outcomeIn(type: string): StateVisit['outcome'] {
  if (type.startsWith('Execution')) return undefined;
  if (/(Failed|TimedOut)$/.test(type)) return 'failed';
  return type.endsWith('Succeeded') ? 'succeeded' : undefined;
}

async function* eventsOf(client: SFNClient, executionArn: string): AsyncIterable<HistoryEvent> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        includeExecutionData: false,
        maxResults: EVENTS_A_PAGE,
        nextToken,
      }),
    );
    yield* page.events ?? [];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
