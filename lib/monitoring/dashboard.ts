import { Duration, Stack } from 'aws-cdk-lib';
import { type Alarm, AlarmStatusWidget, Dashboard, TextWidget, TextWidgetBackground } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { WatchedThings } from './alarms.ts';
import { betterRow } from './better-row.ts';
import { costRow } from './cost-row.ts';
import { stuckRows } from './stuck-rows.ts';

export interface LoopDashboardProps extends WatchedThings {
  readonly logs: ILogGroup;
  readonly alarms: readonly Alarm[];
}

/** Three questions, a row of graphs for each: is it getting better, what does it cost, what is stuck. */
export function addDashboard(scope: Construct, props: LoopDashboardProps): Dashboard {
  const { name } = props.loop;
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `ratchet-${name}`,
    // A loop that runs weekly shows four runs.
    defaultInterval: Duration.days(28),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 3 })],
      [question('Is it getting better?', linksOf(scope, props))],
      betterRow(name),
      [
        question(
          'What does it cost?',
          'Models and training by the prices of the loop file; AWS itself by the seconds that functions run.',
        ),
      ],
      costRow(props),
      [question('What is stuck?', 'Every line that crosses a red one has a section in docs/runbook.md.')],
      ...stuckRows(props),
    ],
  });
}

function question(heading: string, below: string): TextWidget {
  return new TextWidget({
    markdown: `## ${heading}\n${below}`,
    width: 24,
    height: 2,
    background: TextWidgetBackground.TRANSPARENT,
  });
}

/** A link to the log group itself would need its name encoded twice, which CloudFormation can't. */
function linksOf(scope: Construct, { stateMachine }: LoopDashboardProps): string {
  const { region } = Stack.of(scope);
  const console = `https://${region}.console.aws.amazon.com`;
  const runs = `${console}/states/home?region=${region}#/statemachines/view/${stateMachine.stateMachineArn}`;
  const queries = `${console}/cloudwatch/home?region=${region}#logsV2:logs-insights`;
  return `[The runs](${runs}) · [the saved queries](${queries}), in the folder Ratchet · what to do about an alarm: docs/runbook.md`;
}
