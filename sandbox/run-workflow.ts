import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { type Ending, endings } from '../core/report.ts';
import { defineStep, type StepHandler } from '../functions/define-step.ts';
import type { Services } from '../functions/services.ts';
import { steps } from '../functions/steps.ts';
import {
  callOf,
  renderWorkflow,
  type StateDefinition,
  stepOf,
  type WorkflowDefinition,
} from '../lib/render-workflow.ts';

export interface WorkflowInput {
  readonly run: string;
  readonly loop: string;
  readonly version: string;
  readonly seed: number;
}

/** How an execution ended: an ending of the workflow, red with the error's name, or stopped from outside. */
export type WorkflowEnd =
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string }
  | { readonly kind: 'stopped' };

export interface WorkflowOptions {
  readonly services: Services;
  /** Each state as it is entered, those inside a map too, with the state document that it gets. */
  readonly onState?: (state: string, document: unknown) => void;
  /** For tests: how long a state waits between retries, in milliseconds, by state name. */
  readonly retryIntervals?: Readonly<Record<string, number>>;
  /** For tests: how long a Wait state waits, in milliseconds, by state name. */
  readonly waits?: Readonly<Record<string, number>>;
  /** The steps, where a test plants something. */
  readonly handlers?: ReadonlyMap<string, StepHandler>;
}

/**
 * Executes the workflow that the stack deploys, in this process, with the handlers that Lambda runs. To resume a run is to
 * execute it again: every step that has finished finds its artifact and returns. `services.stop` stops it; what is under way
 * is finished and kept before this resolves.
 */
export async function runWorkflow(input: WorkflowInput, options: WorkflowOptions): Promise<WorkflowEnd> {
  const { stop } = options.services;
  if (stop.aborted) return { kind: 'stopped' };
  const definition = asHere(renderWorkflow());
  const crew: Crew = { underWay: new Set(), isSentHome: false, over: Promise.withResolvers() };
  const local = localHandlers(definition, options, crew);
  // The definition is rendered by CDK, and validated by tests.
  const machine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
  const execution = machine.run(input as never, {
    noThrowOnAbort: true,
    overrides: {
      taskResourceLocalHandlers: local as never,
      ...(options.retryIntervals ? { retryIntervalOverrides: options.retryIntervals } : {}),
      ...(options.waits ? { waitTimeOverrides: options.waits } : {}),
    },
  });
  const reported = reportStates(execution.eventLogs, options.onState);
  const onStop = (): void => {
    crew.isSentHome = true;
    execution.abort();
  };
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const result = (await execution.result) as { ending?: unknown } | null;
    if (stop.aborted) return { kind: 'stopped' };
    return { kind: 'ended', ending: endingOf(result?.ending) };
  } catch (error) {
    const cause = error instanceof ExecutionError ? (error.cause as Error) : (error as Error);
    return { kind: 'failed', error: cause.name, cause: cause.message };
  } finally {
    stop.removeEventListener('abort', onStop);
    await reported;
    await dismiss(crew, execution.abort);
  }
}

/** Nothing new is begun from here on, what is under way is finished, and no timer of the package is left. */
async function dismiss(crew: Crew, abort: () => void): Promise<void> {
  crew.isSentHome = true;
  abort();
  crew.over.promise.catch(() => undefined);
  crew.over.reject(new Error('The run is over.'));
  while (crew.underWay.size > 0) await Promise.allSettled(crew.underWay);
}

/** Who works on the run. */
interface Crew {
  readonly underWay: Set<Promise<unknown>>;
  /** Nothing new is begun: the run was stopped, or a shard has failed. */
  isSentHome: boolean;
  /** Rejected at the end: what steps that are not begun any more answer. */
  readonly over: PromiseWithResolvers<never>;
}

/** What is still to be done after a failure. */
const lastSteps = ['write-report', 'fail-run'];

/** One handler for each Task state, by the state's name, as the package wants it. */
function localHandlers(
  definition: WorkflowDefinition,
  { services, handlers }: WorkflowOptions,
  crew: Crew,
): Record<string, StepHandler> {
  const real = new Map([...steps].map(([name, step]) => [name, defineStep(step, () => services)]));
  const states = tasksIn(definition).map(([state, task]): [string, StepHandler] => {
    const name = stepOf(task);
    const handler = handlers?.get(name) ?? real.get(name);
    if (!handler) throw new Error(`The workflow's state "${state}" wants the step ${name}, which there is not.`);
    return [
      state,
      (event) => {
        // Unlike Step Functions, the package goes on with the shards of a failed map that wait for their turn.
        if (name === 'record-failure') crew.isSentHome = true;
        else if (crew.isSentHome && !lastSteps.includes(name)) return crew.over.promise;
        const work = handler(event, {}).finally(() => crew.underWay.delete(work));
        crew.underWay.add(work);
        return work;
      },
    ];
  });
  return Object.fromEntries(states);
}

/** The same workflow where there is no Step Functions around it. */
function asHere(definition: WorkflowDefinition): WorkflowDefinition {
  const states = Object.entries(definition.States).map(([name, state]): [string, StateDefinition] => {
    if (state.Type === 'Task') return [name, taskAsHere(state)];
    return [name, state.ItemProcessor ? { ...state, ItemProcessor: asHere(state.ItemProcessor) } : state];
  });
  return { ...definition, States: Object.fromEntries(states) };
}

/**
 * Nobody sends a task token back here, and nothing is redriven. The package gives a Task one minute by default, then tries it
 * again beside the first; here no step gets lost.
 */
function taskAsHere({ TimeoutSecondsPath: _, ...state }: StateDefinition): StateDefinition {
  const { resource, payload } = callOf(state);
  const Parameters = Object.fromEntries(
    Object.entries(payload).map(([field, value]) => {
      if (value === '$$.Task.Token') return [field.replace('.$', ''), null];
      return value === '$$.Execution.RedriveCount' ? [field.replace('.$', ''), 0] : [field, value];
    }),
  );
  return { ...state, Resource: resource, Parameters, TimeoutSeconds: LONGEST_TIMEOUT_SECONDS };
}

/** 23 days: a timer can't be set for longer. */
const LONGEST_TIMEOUT_SECONDS = 2_000_000;

/** Every Task state, those inside maps too. */
export function tasksIn(definition: WorkflowDefinition): [string, StateDefinition][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [[name, state] as [string, StateDefinition]] : []),
    ...(state.ItemProcessor ? tasksIn(state.ItemProcessor) : []),
  ]);
}

async function reportStates(
  events: AsyncIterable<{ readonly type: string; readonly state?: { readonly name: string; readonly input: unknown } }>,
  onState: WorkflowOptions['onState'],
): Promise<void> {
  for await (const { type, state } of events) {
    if (type === 'StateEntered' && state) onState?.(state.name, state.input);
  }
}

function endingOf(word: unknown): Ending {
  const ending = endings.find((each) => each === word);
  if (ending === undefined) throw new Error(`The workflow ended with ${JSON.stringify(word)}, which is no ending.`);
  return ending;
}
