import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';
import { CredentialRefused, ProviderOverloaded } from '../../core/errors.ts';
import type { ErrorLog } from '../../core/ports.ts';

const HOUR_MS = 3_600_000;
/** What is looked through: a page is searched in about a second, and empty pages are usual. */
const MOST_PAGES = 8;

/** What the logger of functions/define-step.ts writes of a failure. */
const lineSchema = z.looseObject({
  service: z.string().optional(),
  error: z.looseObject({ name: z.string(), message: z.string() }),
});

/** Errors in one log group. API: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function cloudWatchErrorLog({
  logGroup,
  client = logsClient(),
}: {
  readonly logGroup: string;
  readonly client?: CloudWatchLogsClient;
}): ErrorLog {
  return {
    async lastError(run, until) {
      let last: string | undefined;
      let nextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const request = new FilterLogEventsCommand({
          logGroupName: logGroup,
          // Names of runs have no quotes. Routes of the API log otherwise: what they fail at is no failure of the run.
          filterPattern: `{ $.level = "ERROR" && $.message = "failed" && $.run = "${run}" }`,
          startTime: until.getTime() - HOUR_MS,
          endTime: until.getTime() + 60_000,
          nextToken,
        });
        const found = await client.send(request).catch((cause: unknown) => {
          throw translated(logGroup, cause);
        });
        last = found.events?.at(-1)?.message ?? last;
        nextToken = found.nextToken;
        if (nextToken === undefined) break;
      }
      return last === undefined ? undefined : inWords(last);
    },
  };
}

function logsClient(): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

/** Who failed and why, without the stack. */
function inWords(line: string): string | undefined {
  try {
    const { service, error } = lineSchema.parse(JSON.parse(line));
    return `${service === undefined ? '' : `${service}: `}${error.name}: ${error.message}`;
  } catch {
    return undefined;
  }
}

function translated(logGroup: string, cause: unknown): CredentialRefused | ProviderOverloaded {
  const name = cause instanceof Error ? cause.name : '';
  const told = `The log group ${logGroup} could not be read (${name})`;
  if (name === 'AccessDeniedException') return new CredentialRefused(`${told}: allow logs:FilterLogEvents.`, { cause });
  return new ProviderOverloaded(`${told}: try again later.`, { cause });
}
