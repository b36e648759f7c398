import { describe, expect, test } from '@jest/globals';
import { permissionsIn, pseudo, type Statement, whoMay } from './permissions-in.ts';
import { bedrockStack, fullStack, loopStack, secretsKey, trainerSecret } from './stacks.ts';

const plain = loopStack().template;
const full = fullStack().template;
const onBedrock = bedrockStack().template;
const run = 'store:runs/monday';
const [scheduler] = [...permissionsIn(full).keys()].filter((who) => who.startsWith('LoopScheduleScheduler'));
const [machine] = [...permissionsIn(full).keys()].filter((who) => who.startsWith('LoopWorkflowStateMachineRole'));

const statements = [plain, full, onBedrock].flatMap((template) =>
  [...permissionsIn(template)].flatMap(([who, each]) => each.map((statement) => ({ who, ...statement }))),
);
const allowed = statements.filter(({ effect, who }) => effect === 'Allow' && who !== emptier());

/** CDK's own, which may empty the one bucket; its policy is the bucket's. */
function emptier(): string | undefined {
  return [...permissionsIn(full).keys()].find((who) => who.startsWith('CustomS3AutoDeleteObjects'));
}

describe('everything, as a resource,', () => {
  /** Each action that AWS lets nobody narrow down, and why. */
  const unavoidable: Readonly<Record<string, string>> = {
    ...about('X-Ray has no resources: traces go to the account.', [
      ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    ]),
    ...about('CloudWatch keeps deliveries of logs for the account; the state machine’s role asks for its own.', [
      ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
      ...[
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
    ]),
    ...about('Lambda refuses a role that may make interfaces in some subnets only; the code itself is denied it.', [
      ...['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'],
      ...['ec2:DescribeSubnets', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
    ]),
    ...about('AWS knows no resource for calls with a token; a condition limits which token.', [
      ...['bedrock:CallWithBearerToken', 'bedrock-mantle:CallWithBearerToken'],
    ]),
  };
  const everywhere = allowed.filter(({ resources }) => resources.includes('*'));

  test('is nothing that anybody may act on, but where AWS allows no less', () => {
    const found = new Set(everywhere.flatMap(({ actions }) => actions));

    expect([...found].toSorted()).toEqual(Object.keys(unavoidable).toSorted());
  });

  test('of logs is the state machine’s alone, of traces what writes them', () => {
    const who = (action: string) => new Set(everywhere.filter(({ actions }) => actions.includes(action)).map(nameOf));

    expect(who('logs:CreateLogDelivery')).toEqual(new Set([machine]));
    expect(who('xray:GetSamplingRules')).toEqual(new Set([machine]));
  });

  test('with a token is for tokens that a role makes for itself', () => {
    const byToken = everywhere.filter(({ actions }) => actions.some((action) => action.includes('BearerToken')));

    expect(byToken.map(({ who }) => who)).toContain('judge-responses');
    for (const { actions, condition } of byToken) {
      const service = actions[0]?.split(':')[0];
      expect(condition).toEqual({ StringEquals: { [`${service}:BearerTokenType`]: 'SHORT_TERM' } });
    }
  });

  function about(reason: string, actions: readonly string[]): Record<string, string> {
    return Object.fromEntries(actions.map((action) => [action, reason]));
  }
});

describe('patterns', () => {
  const arn = (rest: string) => new RegExp(String.raw`^arn:\$\{AWS::Partition\}:${rest}$`);
  const ours: readonly RegExp[] = [
    /^\$\{LoopStorageBucket\w+\.Arn\}\/(runs|loops)\/\*/,
    /^\$\{LoopFunctions\w+\.Arn\}:\*$/,
    arn(String.raw`states:.*:execution:.*LoopWorkflowStateMachine.*:\*`),
    arn(String.raw`bedrock:us-west-2::foundation-model/\*`),
  ];

  test('of resources are of the loop’s own, or of the models of one region', () => {
    const found = allowed.flatMap(({ resources }) => resources).filter((one) => one.includes('*') && one !== '*');

    expect(found.filter((one) => !ours.some((pattern) => pattern.test(one)))).toEqual([]);
    expect(ours.filter((pattern) => !found.some((one) => pattern.test(one)))).toEqual([]);
  });

  test('of actions are those that encrypt for the queue of failed starts', () => {
    const found = allowed.filter(({ actions }) => actions.some((action) => action.includes('*')));

    expect(new Set(found.flatMap(({ actions }) => actions).filter((action) => action.includes('*')))).toEqual(
      new Set(['kms:ReEncrypt*', 'kms:GenerateDataKey*']),
    );
    expect(new Set(found.map(nameOf))).toEqual(new Set([scheduler, 'start-scheduled-run']));
  });
});

describe('who may write', () => {
  test.each([
    ['the registry', 'store:loops/support-desk/registry.json', ['api/roll-back', 'plan-run', 'promote-candidate']],
    [
      'which run is under way',
      'store:loops/support-desk/running.json',
      ['api/resume-run', 'api/start-run', 'start-scheduled-run'],
    ],
    ['what the gate decided', `${run}/round-1/decision.json`, ['decide-promotion']],
    ['what it decided by', `${run}/round-1/evaluation.json`, ['decide-promotion']],
    ['a verdict', `${run}/round-1/verdicts/00000.jsonl`, ['judge-responses']],
    ['a preference pair', `${run}/round-1/pairs/00000.jsonl`, ['build-pairs']],
    ['an answer to a question', `${run}/round-1/approval-of-promotion.json`, ['api/answer-approval']],
    ['the prompts that a candidate has to win on', `${run}/prompts/held-out/00000.jsonl`, ['plan-run']],
    ['the report', `${run}/report.html`, ['write-report']],
  ])('%s', (_, key, who) => {
    expect(whoMay(full, 's3:PutObject', key)).toEqual(who);
  });

  test.each(['loops/support-desk/registry.json', 'loops/support-desk/running.json', 'runs/monday/run.json'])(
    'or rather delete %s: nobody',
    (key) => {
      expect(whoMay(full, 's3:DeleteObject', `store:${key}`)).toEqual([]);
    },
  );

  test('permissions: nobody; nor may anybody assume a role, or hand one on', () => {
    const granted = allowed.flatMap(({ actions }) => actions).filter((action) => /^(iam|sts):/.test(action));

    expect(granted).toEqual([]);
  });
});

describe('a key', () => {
  // A secret that is named without its random end is known by a pattern.
  const studentSecret = `arn:${pseudo('Partition')}:secretsmanager:${pseudo('Region')}:${pseudo('AccountId')}:secret:student-key-AbCdEf`;

  test('of an endpoint is read by the functions that call it', () => {
    expect(whoMay(full, 'secretsmanager:GetSecretValue', studentSecret)).toEqual([
      'evaluate-candidate',
      'sample-responses',
    ]);
    expect(whoMay(full, 'secretsmanager:GetSecretValue', trainerSecret)).toEqual(['check-training', 'start-training']);
  });

  test('that is encrypted with another of one’s own is decrypted by the same functions', () => {
    expect(whoMay(full, 'kms:Decrypt', secretsKey)).toEqual([
      ...['check-training', 'evaluate-candidate', 'sample-responses', 'start-training'],
    ]);
  });

  test('that nobody needs is nobody’s: in the sandbox, and on Bedrock', () => {
    const asked = [plain, onBedrock].flatMap((template) => [...permissionsIn(template).values()].flat());

    expect(asked.flatMap(({ actions }) => actions).filter((action) => action.startsWith('secretsmanager:'))).toEqual(
      [],
    );
  });

  test('is replaced on Bedrock by the right to call: the teacher’s one model, or any where a candidate may be', () => {
    const modelsOf = (who: string, template = full) =>
      (permissionsIn(template).get(who) ?? [])
        .filter(({ actions }) => actions.includes('bedrock:InvokeModel'))
        .flatMap(({ resources }) => resources.map((one) => one.replace(/^.*\//, '')));

    expect(modelsOf('judge-responses')).toEqual(['openai.gpt-oss-120b-1:0']);
    expect(modelsOf('evaluate-candidate')).toEqual(['openai.gpt-oss-120b-1:0']);
    expect(modelsOf('sample-responses')).toEqual([]);
    expect(modelsOf('sample-responses', onBedrock)).toEqual(['*']);
    expect(whoMay(onBedrock, 'bedrock-mantle:CreateFineTuningJob', mantle)).toEqual([
      'check-training',
      'start-training',
    ]);
  });

  const mantle = `arn:${pseudo('Partition')}:bedrock-mantle:us-west-2:${pseudo('AccountId')}:project/default`;
});

describe('every function', () => {
  const functions = [...permissionsIn(full)].filter(([who]) => /^[a-z]/.test(who));

  test('writes to the one log of the loop', () => {
    const logs = functions.map(([, each]) => each.filter(({ actions }) => actions.includes('logs:PutLogEvents')));

    expect(logs.length).toBeGreaterThan(20);
    for (const each of logs) {
      expect(each.map(({ resources }) => resources)).toEqual([[expect.stringMatching(/^\$\{LoopLogs\w+\.Arn\}$/)]]);
    }
  });

  test('decrypts with the key of the store, and encrypts where it writes', () => {
    const mayUse = (action: string) =>
      functions.filter(([, each]) => each.some(({ actions }) => actions.includes(action))).map(([who]) => who);
    const writers = functions.filter(([, each]) => each.some(({ actions }) => actions.includes('s3:PutObject')));

    expect(mayUse('kms:Decrypt')).toEqual(functions.map(([who]) => who));
    expect(mayUse('kms:GenerateDataKey')).toEqual(writers.map(([who]) => who));
  });
});

test('the plan reads the three files of the loop from the bucket for assets, and no other', () => {
  const isAsset = (one: string) => one.includes('-assets-');
  const readers = [...permissionsIn(plain)].flatMap(([who, each]) =>
    each
      .filter(({ resources }) => resources.some(isAsset))
      .map(({ actions, resources }) => ({ who, actions, resources })),
  );

  expect(readers).toEqual([
    {
      who: 'plan-run',
      actions: ['s3:GetObject'],
      resources: Array(3).fill(expect.stringMatching(/\/[0-9a-f]{64}\.jsonl?$/)),
    },
  ]);
});

test('the state machine calls its functions, and starts, stops and redrives its own shards', () => {
  const acts = (permissionsIn(full).get(machine!) ?? []).filter(({ resources }) => !resources.includes('*'));
  const actionsOn = (pattern: RegExp) =>
    acts.filter(({ resources }) => resources.every((one) => pattern.test(one))).flatMap(({ actions }) => actions);

  expect(new Set(actionsOn(/^\$\{LoopFunctions\w+\.Arn\}(:\*)?$/))).toEqual(new Set(['lambda:InvokeFunction']));
  expect(actionsOn(/StateMachine/)).toEqual([
    ...['states:StartExecution', 'states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
  ]);
  expect(acts.filter(({ actions }) => actions.every((action) => !/^(lambda|states):/.test(action)))).toEqual([]);
});

function nameOf({ who }: Statement & { readonly who: string }): string {
  return who;
}
