import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { DeployedLoop } from '../deployed-loop.ts';

/** What happened in the executions of a run, and in those of its Maps. */
export async function historyOf({ outputs }: DeployedLoop, run: string): Promise<HistoryEvent[]> {
  const client = new SFNClient();
  const executionArn = `${outputs['StateMachine']?.replace(':stateMachine:', ':execution:')}:${run}`;
  try {
    const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn }));
    const children = mapRuns.map(({ mapRunArn }) => client.send(new ListExecutionsCommand({ mapRunArn })));
    const arns = (await Promise.all(children)).flatMap(({ executions = [] }) => executions);
    const all = [executionArn, ...arns.map((child) => child.executionArn)];
    const histories = all.map((arn) => client.send(new GetExecutionHistoryCommand({ executionArn: arn })));
    return (await Promise.all(histories)).flatMap(({ events = [] }) => events);
  } finally {
    client.destroy();
  }
}
