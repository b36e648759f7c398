import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What people ask the log of a loop, by the name under which CloudWatch Logs Insights keeps it. */
export const queries = {
  'Story of a run': new QueryString({
    fields: ['@timestamp', 'run', 'round', 'step', 'shard', 'level', 'message', 'error.name', 'error.message'],
    filterStatements: [
      // Put the run's name in place of the dots.
      'run like /.*/',
      'ispresent(message)',
    ],
    sort: '@timestamp asc',
    limit: 1000,
  }),
  Errors: new QueryString({
    fields: [
      '@timestamp',
      'run',
      'round',
      'step',
      'shard',
      'error.name',
      'error.message',
      'function_request_id',
      'xray_trace_id',
    ],
    filterStatements: ['level = "ERROR" or record.status in ["error", "failure", "timeout"]'],
    sort: '@timestamp desc',
    limit: 200,
  }),
  'Slowest shards': new QueryString({
    filterStatements: ['ispresent(ShardDuration)'],
    statsStatements: [
      'sum(ShardDuration) as seconds, count(*) as lives, sum(Throttled) as throttled by run, round, step, shard',
    ],
    sort: 'seconds desc',
    limit: 50,
  }),
  'Spend by step': new QueryString({
    filterStatements: ['ispresent(SpentUsd)'],
    statsStatements: [
      'sum(SpentUsd) as usd, sum(Calls) as calls, sum(PromptTokens) as sent, sum(CompletionTokens) as received by run, step',
    ],
    sort: 'usd desc',
    limit: 200,
  }),
} as const;

/** Saves the queries, in a folder of the loop's own. */
export function saveQueries(
  scope: Construct,
  { loop, logs }: { readonly loop: string; readonly logs: ILogGroup },
): void {
  for (const [name, queryString] of Object.entries(queries)) {
    new QueryDefinition(scope, name.replaceAll(' ', ''), {
      queryDefinitionName: `Ratchet/${loop}/${name}`,
      queryString,
      logGroups: [logs],
    });
  }
}
