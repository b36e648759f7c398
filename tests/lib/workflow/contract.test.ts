import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as errors from '../../../core/errors.ts';
import { endings } from '../../../core/report.ts';
import { steps } from '../../../functions/steps.ts';
import { renderWorkflow, type StateDefinition, type WorkflowDefinition } from '../../../lib/render-workflow.ts';
import {
  carriedProblems,
  catchAllProblems,
  choiceProblems,
  endingProblems,
  errorNameProblems,
  keysOf,
  payloadProblems,
  type Steps,
  statesIn,
  stepProblems,
  targetProblems,
} from './contract.ts';

// The steps log for CloudWatch; here nobody reads it.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

const sound = renderWorkflow();
const plan = steps.get('plan-run')!;
const carried = keysOf(plan.output);
const ourErrors = new Set(Object.values(errors).flatMap((one) => nameOf(one) ?? []));
const functionsFolder = join(import.meta.dirname, '../../../functions');

/** The literal name of an error class; of the abstract one, none. */
function nameOf(error: unknown): string | undefined {
  const made = Reflect.construct(error as new () => Error, ['', []]) as Error;
  return Object.hasOwn(made, 'name') ? made.name : undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A copy of the workflow in which one state, inside a map or not, is changed. */
function withState(name: string, change: (state: Mutable<StateDefinition>) => void): WorkflowDefinition {
  const copy = structuredClone(sound);
  const state = statesIn(copy).find(([each]) => each === name)?.[1];
  change(state!);
  return copy;
}

function withoutState(name: string): WorkflowDefinition {
  return { ...sound, States: Object.fromEntries(Object.entries(sound.States).filter(([each]) => each !== name)) };
}

function withoutStep(name: string): Steps {
  return new Map([...steps].filter(([each]) => each !== name));
}

describe('the workflow and its steps', () => {
  test('agree on what every Task sends', () => {
    expect(payloadProblems(sound, steps)).toEqual([]);
  });

  test.each([
    ['too much', (state: Mutable<StateDefinition>) => ({ ...state.Parameters, 'loop.$': '$.loop' })],
    ['too little', () => ({ 'run.$': '$.run', 'round.$': '$.round' })],
  ])('(a shard step that is sent %s is noticed)', (_, parameters) => {
    const planted = withState('Judge responses', (state) => {
      state.Parameters = parameters(state);
    });

    expect(payloadProblems(planted, steps)).toEqual([expect.stringContaining('"Judge responses" sends')]);
  });

  test('are the same, and go by the same names', () => {
    expect(stepProblems(sound, steps)).toEqual([]);
  });

  test('(a state with the function of another is noticed, and a step that one of the two lacks)', () => {
    const planted = withState('Build pairs', (state) => {
      state.Resource = 'arn:aws:lambda:us-east-1:000000000000:function:judge-responses';
    });

    expect(stepProblems(planted, steps)).toEqual([
      '"Build pairs" runs judge-responses',
      expect.stringContaining('build-pairs'),
    ]);
    expect(stepProblems(sound, withoutStep('await-approval'))).toEqual([expect.stringContaining('await-approval')]);
  });

  test.each([...steps.keys()])('have a folder each: that of %s deploys its own handler', async (name) => {
    const { handler, ...more } = await import(join(functionsFolder, name, 'index.ts'));

    expect(more).toEqual({});
    await expect(handler({})).rejects.toThrow(`${name} was called with something that does not fit`);
  });
});

describe('what can go wrong', () => {
  test('is waited for by names that somebody throws', () => {
    expect(ourErrors.size).toBeGreaterThan(10);
    expect(errorNameProblems(sound, ourErrors)).toEqual([]);
  });

  test.each(['Retry', 'Catch'] as const)('(a misspelt name in %s is noticed, inside a map too)', (field) => {
    const planted = withState('Sample responses', (state) => {
      Object.assign(state, { [field]: [{ ErrorEquals: ['ProviderOverlaoded'], Next: 'Judge responses' }] });
    });

    expect(errorNameProblems(planted, ourErrors)).toEqual([
      '"Sample responses" waits for ProviderOverlaoded, which nobody throws',
    ]);
  });

  test('is always caught', () => {
    expect(catchAllProblems(sound)).toEqual([]);
  });

  test('(a Task, or a Map, that lets something through is noticed)', () => {
    const careless = (state: Mutable<StateDefinition>) => {
      state.Catch = state.Catch?.slice(0, -1) ?? [];
    };

    expect(catchAllProblems(withState('Check serving', careless))).toEqual([
      '"Check serving" doesn\'t catch everything',
    ]);
    expect(catchAllProblems(withState('Compare students', careless))).toHaveLength(1);
    expect(catchAllProblems(withState('Evaluate candidate', careless))).toHaveLength(1);
  });
});

describe('the way through', () => {
  test('leads to states that there are, and to all of them', () => {
    expect(targetProblems(sound)).toEqual([]);
  });

  test('(a target that is not there is noticed, and a state that nothing leads to)', () => {
    expect(targetProblems(withoutState('Keep incumbent'))).toContain(
      '"Promote?" leads to "Keep incumbent", which there is not',
    );
    const shortCut = withState('Start training', (state) => {
      state['Next'] = 'Check training';
      state.Catch = [];
    });
    const unreachable = { ...shortCut, States: { ...shortCut.States, Orphan: { Type: 'Succeed' } } };
    expect(targetProblems(unreachable)).toEqual(['nothing leads to "Orphan"']);
    const cutInMap = withState('Sample responses', (state) => {
      state['Next'] = 'Build pairs';
    });
    expect(targetProblems(cutInMap)).toContain('nothing leads to "Judge responses"');
  });

  test('ends in every ending of the report, and in no other', () => {
    expect(endingProblems(sound, endings)).toEqual([]);
  });

  test('(an ending that is misspelt, missing, or leads nowhere is noticed)', () => {
    const misspelt = withState('Budget reached', (state) => {
      state['Result'] = 'budget-reachd';
    });
    const dead = withState('Approval pending', (state) => {
      delete state['Next'];
    });

    expect(endingProblems(misspelt, endings)).toHaveLength(2);
    expect(endingProblems(sound, [...endings, 'bored'])).toEqual([expect.stringContaining('bored')]);
    expect(endingProblems(dead, endings)).toEqual(['"Approval pending" ends in nothing']);
  });

  test('forks on fields that somebody writes', () => {
    expect(choiceProblems(sound, steps, carried)).toEqual([]);
  });

  test.each(['$.dataset.worthTrainig', '$.datset.worthTraining', '$.aproval'])(
    '(a Choice that reads %s is noticed)',
    (path) => {
      const planted = withState('Worth training?', (state) => {
        Object.assign(state, { Choices: [{ Variable: path, BooleanEquals: true, Next: 'Approval wanted?' }] });
      });

      expect(choiceProblems(planted, steps, carried)).toEqual([`"Worth training?" reads ${path}, which nobody writes`]);
    },
  );

  test('gives the next round what the first got', () => {
    expect(carriedProblems(sound, plan)).toEqual([]);
  });

  test('(a field that gets lost between rounds is noticed, and one that comes from nowhere)', () => {
    const forgetful = withState('Next round', (state) => {
      const { 'pollSeconds.$': _, ...rest } = state.Parameters ?? {};
      state.Parameters = { ...rest, 'mood.$': '$.mood' };
    });

    expect(carriedProblems(forgetful, plan)).toEqual([
      expect.stringContaining('mood'),
      expect.stringContaining('pollSeconds'),
    ]);
  });
});
