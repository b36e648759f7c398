import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Announcement, Announcer, Standing } from '../../core/ports.ts';
import { entryFailure, translateError } from './translate-error.ts';

const detailTypes = {
  'run-ended': 'Run ended',
  'run-refused': 'Run refused',
  'approval-wanted': 'Approval wanted',
} as const satisfies Record<Announcement['type'], string>;

/**
 * Announcements as events on the account's default bus, from the source `ratchet`; docs/monitoring.md shows one of each. API:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html. `consoleOf` finds the page in
 * the console of the execution that works on a run.
 */
export function eventBridgeAnnouncer(
  consoleOf: (run: string) => Promise<string>,
  client = eventBridgeClient(),
): Announcer {
  return {
    async tell(announcement) {
      const console = await consoleOf(announcement.run);
      const entry = {
        Source: 'ratchet',
        DetailType: detailTypes[announcement.type],
        Detail: JSON.stringify(detailOf(announcement, console)),
      };
      await put(client, entry, `tell of the run ${announcement.run}`);
    },
  };
}

/**
 * Who waits is a step at its end: three tries of 5 s are enough, then the step's own retries take over. Region, credentials and
 * endpoint are what the AWS SDK finds in its environment.
 */
function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({
    maxAttempts: 3,
    // Without throwOnRequestTimeout the SDK only warns.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

async function put(
  client: EventBridgeClient,
  entry: { readonly Source: string; readonly DetailType: string; readonly Detail: string },
  what: string,
): Promise<void> {
  const { Entries = [], FailedEntryCount = 0 } = await client
    .send(new PutEventsCommand({ Entries: [entry] }))
    .catch((cause: unknown) => {
      throw translateError(what, cause);
    });
  // The request succeeds all the same where EventBridge has not taken the event.
  if (FailedEntryCount > 0) throw entryFailure(what, Entries[0] ?? {});
}

type Ended = Extract<Announcement, { readonly type: 'run-ended' }>;

function detailOf(announcement: Announcement, console: string): Record<string, unknown> {
  const { type: _, ...told } = announcement;
  return { ...told, ...(announcement.type === 'run-ended' ? { summary: summaryOf(announcement) } : {}), console };
}

/** The numbers in words, for people who read a mail. */
function summaryOf({ incumbent: { before, after }, usd }: Ended): string {
  const students =
    before.model === after.model
      ? `The incumbent stays ${standing(after)}.`
      : `The incumbent is now ${standing(after)}; before it was ${standing(before)}.`;
  return `${students} The run has spent ${usd.toFixed(2)} US dollars.`;
}

function standing({ model, checkRate }: Standing): string {
  if (checkRate === null) return model;
  return `${model}, ${(100 * checkRate).toFixed(1)} % of whose held-out responses pass every check`;
}
