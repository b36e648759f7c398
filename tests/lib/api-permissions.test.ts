import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { keys } from '../../core/artifact-keys.ts';
import { routes } from '../../lib/api/routes.ts';
import { LoopApi } from '../../lib/api.ts';
import { artifacts } from '../../lib/artifact-patterns.ts';
import { asText, scratchStack, statementsOf } from './starters.ts';

const { stack, props } = scratchStack();
new LoopApi(stack, 'Api', props);
const template = Template.fromStack(stack);

describe('the function of a route', () => {
  const [stateMachine] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
  const resourceOf = (action: string) => {
    if (action === 'logs:FilterLogEvents') return asText(stack.resolve(props.logs.logGroupArn));
    const isOnExecutions = /Describe|History|Stop|Redrive/.test(action);
    const account = ['Partition}:states:', 'Region}:', 'AccountId}:'].map((part) => `\${AWS::${part}`).join('');
    return isOnExecutions ? `arn:${account}execution:\${${stateMachine}.Name}:*` : `\${${stateMachine}}`;
  };
  const states: Readonly<Record<string, readonly string[]>> = {
    'start-run': ['states:StartExecution', 'states:DescribeExecution', 'states:GetExecutionHistory'],
    'list-runs': ['states:ListExecutions'],
    'get-run': ['states:DescribeExecution', 'states:GetExecutionHistory', 'logs:FilterLogEvents'],
    'stop-run': ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
    'resume-run': [
      ...['states:StartExecution', 'states:DescribeExecution', 'states:GetExecutionHistory'],
      'states:RedriveExecution',
    ],
    'answer-approval': [
      ...['states:DescribeExecution', 'states:GetExecutionHistory', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
    ],
    'list-pairs': [],
    'get-report': [],
    'get-student': [],
    'roll-back': [],
  };

  test.each(routes)('$folder acts on the executions of this loop as it must, and on nothing else', ({ folder }) => {
    const acts = statementsOf(template, `api/${folder}`).filter(({ actions }) => !/^(s3|xray):/.test(actions[0]!));

    expect(acts.flatMap(({ actions }) => actions)).toEqual(states[folder]);
    for (const { actions, resources } of acts) {
      expect([actions[0], resources]).toEqual([actions[0], [resourceOf(actions[0]!)]]);
    }
  });

  const writers: Readonly<Record<string, readonly string[]>> = {
    'start-run': ['loops/desk/running.json', 'runs/r/execution.json'],
    'list-runs': [],
    'get-run': ['runs/r/execution.json'],
    'stop-run': ['runs/r/execution.json'],
    'resume-run': ['loops/desk/running.json', 'runs/r/execution.json'],
    'answer-approval': [
      ...[
        'runs/r/execution.json',
        'runs/r/round-1/approval-of-promotion.json',
        'runs/r/round-1/approval-of-training.json',
      ],
    ],
    'list-pairs': [],
    'get-report': [],
    'get-student': [],
    'roll-back': ['loops/desk/registry.json'],
  };

  test.each(routes)('$folder writes what it has to, deletes nothing', ({ folder }) => {
    const may = permissionsOf(folder);

    expect(everyKey.filter((key) => may('s3:PutObject', key)).toSorted()).toEqual(writers[folder]);
    expect(everyKey.filter((key) => may('s3:DeleteObject', key))).toEqual([]);
  });

  test('of the pairs alone reads what prompts, responses and pairs say; no route reads keys of calls', () => {
    const texts = [
      keys.prompts('r', 'train', 0),
      keys.stagedPrompts('desk', 'v', 'train'),
      keys.datasetRows('r', 1, 'train'),
      ...(['responses', 'verdicts', 'pairs', 'evaluation'] as const).map((part) => keys.part('r', 1, part, 0)),
      `${keys.calls('r', 1, 'responses', 0)}00000.jsonl`,
    ];
    const readers = routes.flatMap(({ folder }) =>
      texts.filter((key) => permissionsOf(folder)('s3:GetObject', key)).map((key) => [folder, key]),
    );

    expect(readers).toEqual([['list-pairs', 'runs/r/round-1/pairs/00000.jsonl']]);
  });

  test('that tells how a run stands can read all that it is told from', () => {
    const story = [
      ...[keys.run('r'), keys.execution('r'), keys.report('r'), keys.failure('r'), keys.budget('r')],
      ...[
        keys.summary('r', 2, 'responses', 0),
        keys.summary('r', 2, 'verdicts', 7),
        keys.summary('r', 2, 'evaluation', 0),
      ],
      ...[keys.training('r', 2), keys.evaluation('r', 2), keys.decision('r', 2), keys.outcome('r', 2)],
      ...[keys.approvalRequest('r', 2, 'training'), keys.approval('r', 2, 'promotion'), keys.running('desk')],
    ];
    for (const folder of ['start-run', 'get-run', 'stop-run', 'resume-run', 'answer-approval']) {
      expect([folder, story.filter((key) => !permissionsOf(folder)('s3:GetObject', key))]).toEqual([folder, []]);
    }
  });

  test('knows its loop, version, seed, state machine and log', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          RATCHET_LOOP: 'desk',
          RATCHET_VERSION: '0123456789abcdef',
          RATCHET_SEED: '7',
          RATCHET_STATE_MACHINE: Match.anyValue(),
          RATCHET_LOG_GROUP: Match.anyValue(),
        },
      },
    });
  });
});

describe('patterns of artifacts', () => {
  test('fit one kind of key each', () => {
    const kinds = Object.entries(artifacts).flatMap(([kind, patterns]) =>
      [patterns].flat().map((pattern) => ({ kind, matched: everyKey.filter((key) => fits(pattern, key)) })),
    );

    expect(kinds.filter(({ matched }) => matched.length === 0)).toEqual([]);
  });
});

/** One key of every kind. */
const everyKey: readonly string[] = [
  ...[
    keys.registry('desk'),
    keys.running('desk'),
    keys.stagedLoop('desk', 'v'),
    keys.stagedPrompts('desk', 'v', 'train'),
  ],
  ...[keys.reusableCalls('desk', 's', 0), keys.run('r'), keys.prompts('r', 'train', 0), keys.report('r')],
  ...[keys.reportPage('r'), keys.failure('r'), keys.budget('r'), keys.execution('r'), keys.lease('r')],
  ...(['responses', 'verdicts', 'pairs', 'evaluation'] as const).flatMap((part) => [
    keys.part('r', 1, part, 0),
    keys.summary('r', 1, part, 0),
    `${keys.calls('r', 1, part, 0)}00000.jsonl`,
  ]),
  ...[keys.dataset('r', 1), keys.datasetRows('r', 1, 'train'), keys.datasetExport('r', 1, 'train', 'sft')],
  ...(['training', 'promotion'] as const).flatMap((before) => [
    keys.approvalRequest('r', 1, before),
    keys.approval('r', 1, before),
  ]),
  ...[
    keys.training('r', 1),
    keys.serving('r', 1),
    keys.evaluation('r', 1),
    keys.decision('r', 1),
    keys.outcome('r', 1),
  ],
];

/** Whether a route's function may do something with a key. */
function permissionsOf(folder: string): (action: string, key: string) => boolean {
  const statements = statementsOf(template, `api/${folder}`);
  return (action, key) =>
    statements.some(
      ({ actions, resources }) =>
        actions.includes(action) && resources.some((arn) => fits(arn.replace(/^\$\{\w+\.Arn\}\//, ''), key)),
    );
}

/** As IAM reads patterns: `*` is anything, slashes too. */
function fits(pattern: string, key: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\+?^$()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(key);
}
