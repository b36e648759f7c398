import { z } from 'zod';
import type { Step } from '../../../functions/define-step.ts';
import { callOf, type StateDefinition, stepOf, type WorkflowDefinition } from '../../../lib/render-workflow.ts';
import { folderOf } from '../../../lib/step.ts';
import { tasksIn } from '../../../sandbox/run-workflow.ts';

/*
 * What must hold between the definition of the workflow and everything that it names. Each check takes the two sides and
 * returns its problems in words; contract.test.ts also shows each of them a planted defect.
 */

export type Steps = ReadonlyMap<string, Step<z.ZodType, z.ZodType>>;

/** Every Task sends exactly the fields that its step reads. */
export function payloadProblems(definition: WorkflowDefinition, steps: Steps): string[] {
  return tasksIn(definition).flatMap(([name, task]) => {
    const step = steps.get(stepOf(task));
    const sent = Object.keys(callOf(task).payload).map((key) => key.replace(/\.\$$/, ''));
    const read = step ? keysOf(step.input) : [];
    return differences(sent, read, `"${name}" sends`, 'its step reads');
  });
}

/**
 * Every step has a state of its name, and every state a step of its name. "Map: record failure" is a step within a map, and
 * "Await approval of promotion" asks by the step that asks.
 */
export function stepProblems(definition: WorkflowDefinition, steps: Steps): string[] {
  const tasks = tasksIn(definition);
  const misnamed = tasks.flatMap(([name, task]) => {
    const folder = folderOf(name.replace(/^.*: /, '').replace(/ of promotion$/, ''));
    return folder === stepOf(task) ? [] : [`"${name}" runs ${stepOf(task)}`];
  });
  const used = tasks.map(([, task]) => stepOf(task));
  return [...misnamed, ...differences([...new Set(used)], [...steps.keys()], 'the workflow runs', 'steps.ts has')];
}

/** Names in Retry and Catch are errors that we export, or Amazon's own. */
export function errorNameProblems(definition: WorkflowDefinition, ourErrors: ReadonlySet<string>): string[] {
  return statesIn(definition).flatMap(([name, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch]
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((error) => !/^(States|Lambda|Sandbox|Runtime)\./.test(error) && !ourErrors.has(error))
      .map((error) => `"${name}" waits for ${error}, which nobody throws`),
  );
}

/** Every target exists, and every state can be reached. */
export function targetProblems(definition: WorkflowDefinition): string[] {
  const reached = new Set<string>();
  const missing: string[] = [];
  const visit = (name: string, from: string): void => {
    const state = definition.States[name];
    if (!state) missing.push(`${from} leads to "${name}", which there is not`);
    if (!state || reached.has(name)) return;
    reached.add(name);
    for (const target of targetsOf(state)) visit(target, `"${name}"`);
  };
  visit(definition.StartAt, 'the start');
  const lost = Object.keys(definition.States).filter((name) => !reached.has(name));
  const inMaps = Object.values(definition.States).flatMap(({ ItemProcessor }) =>
    ItemProcessor ? targetProblems(ItemProcessor) : [],
  );
  return [...missing, ...lost.map((name) => `nothing leads to "${name}"`), ...inMaps];
}

/** Whom nobody can help: what they throw ends the execution, and a redrive goes on with them. */
const last = ['Plan run', 'Write report', 'Record failure', 'Fail run'];

/** Whatever a Task or a Map throws is caught, last of all. */
export function catchAllProblems(definition: WorkflowDefinition): string[] {
  return statesIn(definition)
    .filter(([name, { Type }]) => (Type === 'Task' || Type === 'Map') && !last.includes(name))
    .filter(([, { Catch = [] }]) => !Catch.at(-1)?.ErrorEquals.includes('States.ALL'))
    .map(([name]) => `"${name}" doesn't catch everything`);
}

/** Every ending is set by a Pass state, and every Pass state that sets one knows it, and goes on. */
export function endingProblems(definition: WorkflowDefinition, endings: readonly string[]): string[] {
  const setters = statesIn(definition).filter(([, state]) => state['ResultPath'] === '$.ending');
  const dead = setters
    .filter(([, state]) => targetsOf(state).length === 0)
    .map(([name]) => `"${name}" ends in nothing`);
  const set = setters.map(([, state]) => String(state['Result']));
  return [...dead, ...differences([...new Set(set)], endings, 'the workflow sets', 'core has')];
}

/** A Choice reads what is in the state: fields that every round carries, or fields that a step before it answers. */
export function choiceProblems(definition: WorkflowDefinition, steps: Steps, carried: readonly string[]): string[] {
  const answers = tasksIn(definition).map(([, task]) => ({ path: task['ResultPath'], step: steps.get(stepOf(task)) }));
  const isKnown = (path: string): boolean => {
    const [, field = '', key] = path.split('.');
    if (key === undefined) return carried.includes(field) || field === 'ending';
    // Several steps may answer to one place, the last of them last.
    return answers.some(({ path, step }) => path === `$.${field}` && step && keysOf(step.output).includes(key));
  };
  return statesIn(definition).flatMap(([name, { Choices }]) =>
    variablesIn(Choices)
      .filter((path) => !isKnown(path))
      .map((path) => `"${name}" reads ${path}, which nobody writes`),
  );
}

/** The next round gets exactly what the first got. */
export function carriedProblems(definition: WorkflowDefinition, plan: Step<z.ZodType, z.ZodType>): string[] {
  const next = Object.keys(definition.States['Next round']?.Parameters ?? {}).map((key) => key.replace(/\.\$$/, ''));
  return differences(next, keysOf(plan.output), '"Next round" carries', 'plan-run answers');
}

/** Every state, those inside maps too. */
export function statesIn(definition: WorkflowDefinition): [string, StateDefinition][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    [name, state] as [string, StateDefinition],
    ...(state.ItemProcessor ? statesIn(state.ItemProcessor) : []),
  ]);
}

export function keysOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function targetsOf(state: StateDefinition): string[] {
  const {
    Next,
    Default,
    Choices = [],
    Catch = [],
  } = state as StateDefinition & {
    readonly Next?: string;
    readonly Default?: string;
    readonly Choices?: readonly { readonly Next: string }[];
  };
  return [Next, Default, ...Choices.map((rule) => rule.Next), ...Catch.map((rule) => rule.Next)].filter(
    (target) => target !== undefined,
  );
}

/** Every path that a rule names: `Variable`, and the values of the comparisons that end in Path. */
function variablesIn(rules: unknown): string[] {
  if (typeof rules !== 'object' || rules === null) return [];
  return Object.entries(rules).flatMap(([key, value]) =>
    typeof value === 'string' && (key === 'Variable' || key.endsWith('Path')) ? [value] : variablesIn(value),
  );
}

function differences(ours: readonly string[], theirs: readonly string[], we: string, they: string): string[] {
  return [
    ...ours.filter((one) => !theirs.includes(one)).map((one) => `${we} ${one}, not so: ${they}`),
    ...theirs.filter((one) => !ours.includes(one)).map((one) => `${they} ${one}, not so: ${we}`),
  ];
}
