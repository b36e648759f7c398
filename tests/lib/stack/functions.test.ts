import { describe, expect, test } from '@jest/globals';
import { functionFolders } from '../../../lib/bundle-function.ts';
import { stepNeeds } from '../../../lib/step-needs.ts';
import { permissionsIn } from './permissions-in.ts';
import { allOf, fullStack, functionsIn, loopStack, sandboxUrl, trainerSecret } from './stacks.ts';

const plain = loopStack();
const full = fullStack();
const functions = functionsIn(full.template);
const variablesOf = ([folder, made]: (typeof functions)[number]) => [folder, made['Environment'].Variables] as const;

describe('the functions of a deployed loop', () => {
  test('are those that there are, and where the loop has no schedule, not the one that it calls', () => {
    const folders = functionFolders();

    expect(functions.map(([folder]) => folder).toSorted()).toEqual(folders);
    expect(
      functionsIn(plain.template)
        .map(([folder]) => folder)
        .toSorted(),
    ).toEqual(folders.filter((folder) => folder !== 'start-scheduled-run'));
  });

  test('are all the functions, but for one of CDK that empties a bucket that is not to be retained', () => {
    const nameless = ({ template }: typeof plain) =>
      Object.entries(allOf(template, 'AWS::Lambda::Function')).filter(([, { FunctionName }]) => !FunctionName);

    expect(nameless(plain)).toEqual([]);
    expect(nameless(full).map(([id]) => id)).toEqual([expect.stringMatching(/^CustomS3AutoDeleteObjects/)]);
  });

  test.each(functions)('are alike: %s', (_, made) => {
    expect(made).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/^LoopLogs/) } },
    });
    expect(made['Timeout']).toBeLessThanOrEqual(900);
    expect(made['FunctionName'].length).toBeLessThanOrEqual(64);
  });

  test('live as long as lib/step-needs.ts says', () => {
    const steps = functions.filter(([folder]) => stepNeeds[folder]);

    expect(steps.length).toBe(Object.keys(stepNeeds).length);
    expect(steps.map(([folder, made]) => [folder, made['Timeout'], made['MemorySize']])).toEqual(
      steps.map(([folder]) => [folder, stepNeeds[folder]?.seconds, stepNeeds[folder]?.memoryMiB]),
    );
  });

  test('have names that Lambda takes for the longest name of a loop too', () => {
    const longest = Math.max(...functionFolders().map((folder) => folder.length));

    expect('-'.length + longest).toBeLessThanOrEqual(64 - 40);
  });

  test('have a role each', () => {
    const roles = new Set(functions.map(([, made]) => JSON.stringify(made['Role'])));

    expect(roles.size).toBe(functions.length);
  });

  test('are tried again by Lambda only where nobody waits for them', () => {
    const tries = Object.values(allOf(full.template, 'AWS::Lambda::EventInvokeConfig')).map(
      ({ FunctionName, MaximumRetryAttempts }) => [
        FunctionName.Ref.includes('startscheduledrun'),
        MaximumRetryAttempts,
      ],
    );

    expect(tries).toHaveLength(functions.length);
    expect(tries.filter(([isScheduled, times]) => times !== (isScheduled ? 2 : 0))).toEqual([]);
  });
});

describe('in a network of one’s own', () => {
  const groups = Object.entries(allOf(full.template, 'AWS::EC2::SecurityGroup'));

  test('is every function, in its private subnets, behind one group that lets nobody in', () => {
    const networks = functions.map(([, made]) => JSON.stringify(made['VpcConfig']));
    const [[id, group] = []] = groups;

    expect(groups).toHaveLength(1);
    expect(group?.['SecurityGroupIngress']).toBeUndefined();
    expect(new Set(networks).size).toBe(1);
    expect(JSON.parse(networks[0]!)).toEqual({
      SecurityGroupIds: [{ 'Fn::GetAtt': [id, 'GroupId'] }],
      SubnetIds: Array(2).fill({ Ref: expect.stringMatching(/^VpcPrivateSubnet/) }),
    });
  });

  test('the code of a function can’t do what Lambda does for it there', () => {
    for (const [folder, statements] of permissionsIn(full.template)) {
      const [allowed, denied] = statements.filter(({ actions }) => actions[0]?.startsWith('ec2:'));
      if (!functions.some(([each]) => each === folder)) continue;

      expect([allowed?.effect, denied?.effect]).toEqual(['Allow', 'Deny']);
      expect(denied?.actions).toEqual(allowed?.actions);
      expect(JSON.stringify(denied?.condition)).toContain(`:function:support-desk-${folder.replace('/', '-')}"`);
    }
  });

  test('is no function where none is given, and none of those permissions', () => {
    const statements = [...permissionsIn(plain.template).values()].flat();

    expect(functionsIn(plain.template).filter(([, made]) => made['VpcConfig'])).toEqual([]);
    expect(statements.filter(({ actions }) => actions.some((action) => action.startsWith('ec2:')))).toEqual([]);
  });
});

describe('the environment of a function', () => {
  test('names the secrets whose keys it uses, and no other function’s does', () => {
    const given = functions.map(variablesOf).flatMap(([folder, { RATCHET_SECRETS }]) => {
      return RATCHET_SECRETS === undefined ? [] : [[folder, JSON.parse(RATCHET_SECRETS)]];
    });

    expect(Object.fromEntries(given)).toEqual({
      'sample-responses': { STUDENT_KEY: 'student-key' },
      'evaluate-candidate': { STUDENT_KEY: 'student-key' },
      'start-training': { TRAINER_KEY: trainerSecret },
      'check-training': { TRAINER_KEY: trainerSecret },
    });
  });

  test('holds no key: none is looked up while the stack is deployed', () => {
    for (const [folder, variables] of functions.map(variablesOf)) {
      expect([folder, JSON.stringify(variables)]).not.toEqual([folder, expect.stringContaining('resolve:')]);
      expect(Object.keys(variables).filter((name) => !name.startsWith('RATCHET_'))).toEqual([]);
    }
  });

  test('says where the sandbox is to those that call an endpoint, and to nobody else', () => {
    const told = functionsIn(plain.template)
      .map(variablesOf)
      .filter(([, { RATCHET_SANDBOX_URL: url }]) => url !== undefined);
    const callers = Object.entries(stepNeeds).filter(([, { calls }]) => calls);

    expect(told.map(([folder]) => folder).toSorted()).toEqual(callers.map(([step]) => step).toSorted());
    expect(new Set(told.map(([, { RATCHET_SANDBOX_URL }]) => RATCHET_SANDBOX_URL))).toEqual(new Set([sandboxUrl]));
  });
});
