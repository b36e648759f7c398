import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { callOf, type StateDefinition, stepOf, type WorkflowDefinition } from '../../../lib/render-workflow.ts';
import { retries } from '../../../lib/retries.ts';
import { stepNeeds } from '../../../lib/step-needs.ts';
import { tasksIn } from '../../../sandbox/run-workflow.ts';
import { allOf, folderOf, loopStack, type Properties } from '../stack/stacks.ts';
import { statesIn } from './contract.ts';

/** It has no types of its own. */
const validate: (definition: WorkflowDefinition) => { readonly errors: readonly unknown[] } = createRequire(
  import.meta.url,
)('asl-validator');

const { template } = loopStack();
const functions = allOf(template, 'AWS::Lambda::Function');
const [machine = {}] = Object.values(allOf(template, 'AWS::StepFunctions::StateMachine'));
const deployed: WorkflowDefinition = JSON.parse(resolved(machine['DefinitionString']));

/** The text that CloudFormation makes of it, in an account that there is not. */
function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: name, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = value as Properties;
  if (joined) return joined[1].map(resolved).join(joined[0]);
  if (attribute) return `arn:aws:lambda:eu-west-1:111122223333:function:${folderOf(functions[attribute[0]]!)}`;
  return (
    { 'AWS::Partition': 'aws', 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' }[name as string] ?? name
  );
}

/** The validator writes into what it is given. */
function problemsOf(definition: WorkflowDefinition): string[] {
  return validate(structuredClone(definition)).errors.map((error) => JSON.stringify(error));
}

describe('the state machine as it is deployed', () => {
  test('is standard, traced, and logs everything', () => {
    expect(machine).toMatchObject({
      StateMachineName: 'ratchet-support-desk',
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    });
  });

  test('is sound Amazon States Language, says asl-validator', () => {
    expect(statesIn(deployed).length).toBeGreaterThan(30);
    expect(problemsOf(deployed)).toEqual([]);
  });

  test.each([
    ['a target that is not there', { 'Start training': { Next: 'Wait for trainig' } }],
    ['a path that is none', { 'Assemble dataset': { ResultPath: 'dataset' } }],
    ['a Task without a resource', { 'Start training': { Resource: undefined } }],
  ])('(%s is noticed)', (_, change) => {
    const [[name, fields] = ['', {}]] = Object.entries(change);
    const planted = structuredClone(deployed);
    Object.assign(planted.States[name]!, fields);

    expect(problemsOf(JSON.parse(JSON.stringify(planted)))).not.toEqual([]);
  });

  test('has no state without a way out', () => {
    expect(withoutWayOut(deployed)).toEqual([]);
  });

  test('(a loop that nothing leaves is noticed, and inside a map too)', () => {
    const circle = structuredClone(deployed);
    Object.assign(circle.States['Training finished?']!, { Choices: [], Default: 'Wait for training' });
    const inMap = structuredClone(deployed);
    const { States } = inMap.States['Compare students']!.ItemProcessor!;
    Object.assign(States['Evaluate candidate']!, { Catch: [] });
    Object.assign(States['All evaluated?']!, { Choices: [], Default: 'Evaluate candidate' });

    // What may fail leaves by its Catch; the waiting and the question can't.
    Object.assign(circle.States['Check training']!, { Catch: [] });
    expect(withoutWayOut(circle)).toContain('Training finished?');
    expect(withoutWayOut(inMap)).toEqual(expect.arrayContaining(['Evaluate candidate', 'All evaluated?']));
  });
});

describe('a Task', () => {
  const tasks = tasksIn(deployed);
  const waits = ({ Parameters = {} }: StateDefinition) => JSON.stringify(Parameters).includes('$$.Task.Token');

  // Step Functions would wait for a year, but Lambda ends every function by its own timeout and says so (Sandbox.Timedout).
  test('that Lambda ends has no time limit of its own, which could only disagree with the function’s', () => {
    const limited = tasks.filter(([, task]) => !waits(task) && (task['TimeoutSeconds'] ?? task['TimeoutSecondsPath']));

    expect(limited).toEqual([]);
    for (const [, task] of tasks) expect(stepNeeds[stepOf(task)]?.seconds).toBeLessThanOrEqual(900);
  });

  test('that waits for a person waits as long as the loop file says', () => {
    const waiting = tasks.filter(([, task]) => waits(task));

    expect(waiting.map(([name]) => name).toSorted()).toEqual(['Await approval', 'Await approval of promotion']);
    for (const [, task] of waiting) expect(task['TimeoutSecondsPath']).toBe('$.approvalSeconds');
  });

  test('calls a function of this stack', () => {
    const called = tasks.map(([, task]) => callOf(task).resource);

    expect(called.filter((arn) => !arn.startsWith('arn:aws:lambda:eu-west-1:111122223333:function:'))).toEqual([]);
    expect(new Set(tasks.map(([, task]) => stepOf(task)))).toEqual(new Set(Object.keys(stepNeeds)));
  });
});

describe('what is tried again', () => {
  const comments = readFileSync(join(import.meta.dirname, '../../../lib/retries.ts'), 'utf8');
  const tasks = tasksIn(deployed).map(([name, task]) => ({ name, retries: (task.Retry ?? []) as readonly Retry[] }));
  const of = (error: string) =>
    tasks.flatMap(({ retries }) => retries.filter(({ ErrorEquals }) => ErrorEquals.includes(error)));

  /**
   * The seconds are 5 · (1 + 1.5 + … + 1.5⁶) + 23 · 60; 30 · (1 + 2 + 4 + 8) + 4 · 300; 1 + 2 + 4; and
   * 2 · (1 + 2 + 4 + 8 + 16 + 32).
   */
  test.each([
    { error: 'Lambda.TooManyRequestsException', seconds: 1541, says: '161 + 23 · 60 s ≈ 26 min at most' },
    { error: 'Lambda.ResourceNotReadyException', seconds: 1541, says: '161 + 23 · 60 s ≈ 26 min at most' },
    { error: 'ProviderOverloaded', seconds: 1650, says: '≈ 28 min at most' },
    { error: 'StoreUnavailable', seconds: 1650, says: '≈ 28 min at most' },
    { error: 'WriteConflict', seconds: 7, says: '= 7 s.' },
    { error: 'Lambda.Unknown', seconds: 126, says: '6 tries ≈ 2 min' },
    { error: 'Sandbox.Timedout', seconds: 126, says: '6 tries ≈ 2 min' },
  ])('for $error takes $seconds s at most, as its comment says', ({ error, seconds, says }) => {
    const found = of(error);

    expect(found.length).toBeGreaterThan(15);
    expect(new Set(found.map(longest))).toEqual(new Set([seconds]));
    expect(comments).toContain(says);
  });

  test('is so in every Task but the one that ends the run, and in no other way', () => {
    const others = tasks.filter(({ retries: each }) => each.length !== retries.length).map(({ name }) => name);

    expect(others).toEqual(['Fail run']);
    expect(new Set(tasks.flatMap(({ retries }) => retries.map(longest)))).toEqual(new Set([1541, 1650, 7, 126]));
  });

  test('waits at random, so that shards that failed together don’t come back together', () => {
    const steady = tasks.filter(({ retries }) => retries.some(({ JitterStrategy }) => JitterStrategy !== 'FULL'));

    expect(steady).toEqual([]);
  });
});

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

/** Seconds that a Retry waits in all, where chance makes every wait as long as it may be. */
function longest({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds = Infinity }: Retry): number {
  const waits = Array.from({ length: MaxAttempts }, (_, index) => IntervalSeconds * BackoffRate ** index);
  return Math.round(waits.reduce((sum, seconds) => sum + Math.min(seconds, MaxDelaySeconds), 0));
}

/** States from which no way leads to an end, maps looked into. */
function withoutWayOut({ States }: WorkflowDefinition): string[] {
  const states = Object.entries(States);
  const leaves = new Set<unknown>(states.filter(([, state]) => isEnd(state)).map(([name]) => name));
  for (const _ of states) {
    for (const [name, state] of states) if (targetsOf(state).some((target) => leaves.has(target))) leaves.add(name);
  }
  const inMaps = states.flatMap(([, { ItemProcessor }]) => (ItemProcessor ? withoutWayOut(ItemProcessor) : []));
  return [...states.map(([name]) => name).filter((name) => !leaves.has(name)), ...inMaps];
}

function isEnd(state: StateDefinition): boolean {
  return state['End'] === true || state.Type === 'Succeed' || state.Type === 'Fail';
}

function targetsOf(state: StateDefinition): unknown[] {
  const choices = (state['Choices'] ?? []) as readonly { readonly Next: string }[];
  return [state['Next'], state['Default'], ...[...choices, ...(state.Catch ?? [])].map(({ Next }) => Next)];
}
