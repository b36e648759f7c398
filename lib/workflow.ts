import {
  Choice,
  Condition,
  DistributedMap,
  Fail,
  type IChainable,
  JsonPath,
  Pass,
  Result,
  Succeed,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { ApprovalPoint } from '../core/run.ts';
import { retries } from './retries.ts';
import { type StepFunctions, type StepOptions, step } from './step.ts';

/** What every round finds in the state, besides its own number. */
const carried = [
  ...['run', 'loop', 'version', 'seed', 'rounds', 'trainShards', 'heldOutShards', 'shardsAtOnce'],
  ...['pollSeconds', 'approval', 'approvalSeconds', 'trains'],
];

/** Where a caught error is kept: `{Error, Cause}`. */
const caught = { resultPath: '$.failure' };

/**
 * The whole workflow; read this file first. The stack deploys it, and the local runner executes the very same definition.
 * The state document holds names, numbers and short words, never a prompt or a response (DESIGN law 1): `round`, the
 * fields of `carried`, and what the steps answer.
 */
export function defineWorkflow(scope: Construct, functions: StepFunctions): IChainable {
  const task = (name: string, options: StepOptions) => step(scope, name, functions, options);
  const ending = (name: string, word: string) =>
    new Pass(scope, name, { result: Result.fromString(word), resultPath: '$.ending' });
  const wait = (name: string, seconds: string) => new Wait(scope, name, { time: WaitTime.secondsPath(seconds) });
  const ofRound = { takes: ['run', 'round'] };
  const ofShard = { takes: ['run', 'round', 'shard'] };

  // The steps
  const planRun = task('Plan run', { takes: ['run', 'loop', 'version', 'seed'], answer: '$' });
  const collectFeedback = overShards(scope, 'Collect feedback', '$.trainShards', functions, [
    calling(scope, task('Sample responses', { ...ofShard, answer: '$.sampled' }), 'All sampled?', '$.sampled.finished'),
    calling(scope, task('Judge responses', { ...ofShard, answer: '$.judged' }), 'All judged?', '$.judged.finished'),
    { first: task('Build pairs', ofShard) },
  ]);
  const assembleDataset = task('Assemble dataset', { ...ofRound, answer: '$.dataset' });
  const awaitApproval = approval(scope, 'Await approval', functions, 'training');
  const startTraining = task('Start training', { ...ofRound, answer: '$.training' });
  const waitForTraining = wait('Wait for training', '$.training.waitSeconds');
  const checkTraining = task('Check training', { ...ofRound, answer: '$.training' });
  const serveCandidate = task('Serve candidate', { ...ofRound, answer: '$.serving' });
  const waitForServing = wait('Wait for serving', '$.pollSeconds');
  const checkServing = task('Check serving', { ...ofRound, answer: '$.serving' });
  const compareStudents = overShards(scope, 'Compare students', '$.heldOutShards', functions, [
    calling(
      scope,
      task('Evaluate candidate', { ...ofShard, answer: '$.evaluated' }),
      'All evaluated?',
      '$.evaluated.finished',
    ),
  ]);
  const decidePromotion = task('Decide promotion', { ...ofRound, answer: '$.decision' });
  const awaitPromotion = approval(scope, 'Await approval of promotion', functions, 'promotion');
  const promoteCandidate = task('Promote candidate', ofRound);
  const keepIncumbent = task('Keep incumbent', ofRound);
  const nextRound = new Pass(scope, 'Next round', { parameters: stateOfNextRound() });
  const writeReport = task('Write report', { takes: ['run', 'ending'] });
  const withRedrives = { redrives: JsonPath.numberAt('$$.Execution.RedriveCount') };
  const recordFailure = task('Record failure', { takes: ['run', 'failure'], also: withRedrives, answer: '$.failure' });
  // Redriven, it does not fail again but goes on to the plan, and every finished step finds what it has made. Nothing is
  // tried again here: what it throws has the name of the run's failure, which may be any name, Lambda's own too. If Lambda
  // fails it, a redrive goes on all the same.
  const failRun = task('Fail run', { takes: ['run', 'failure'], also: withRedrives, retries: [] });

  // The endings, each with a name
  const finished = ending('All rounds done', 'finished');
  const datasetReady = ending('Dataset ready', 'dataset-ready');
  const nothingToLearn = ending('Nothing to learn', 'nothing-to-learn');
  const budgetReached = ending('Budget reached', 'budget-reached');
  const approvalPending = ending('Approval pending', 'approval-pending');
  const approvalRefused = ending('Approval refused', 'approval-refused');
  const approvalExpired = ending('Approval expired', 'approval-expired');
  const promotionRefused = ending('Promotion refused', 'approval-refused');
  const promotionExpired = ending('Promotion expired', 'approval-expired');
  const failed = ending('Run failed', 'failed');

  // The questions
  const isWorthTraining = new Choice(scope, 'Worth training?');
  const isTrainerGiven = new Choice(scope, 'Trainer given?');
  const needsApproval = new Choice(scope, 'Approval wanted?');
  const isTrained = new Choice(scope, 'Training finished?');
  const isServed = new Choice(scope, 'Candidate ready?');
  const isPromoted = new Choice(scope, 'Promote?');
  const isAgreed = new Choice(scope, 'Agreement wanted?');
  const goesOn = new Choice(scope, 'More rounds?');
  const isRed = new Choice(scope, 'Did it fail?');

  // The way through
  planRun.next(collectFeedback).next(assembleDataset).next(isWorthTraining);
  isWorthTraining
    .when(Condition.booleanEquals('$.dataset.worthTraining', true), isTrainerGiven)
    .otherwise(nothingToLearn);
  isTrainerGiven.when(Condition.booleanEquals('$.trains', true), needsApproval).otherwise(datasetReady);
  needsApproval.when(Condition.stringEquals('$.approval', 'before-training'), awaitApproval).otherwise(startTraining);
  awaitApproval.next(startTraining);
  startTraining.next(waitForTraining).next(checkTraining).next(isTrained);
  isTrained.when(Condition.stringEquals('$.training.phase', 'succeeded'), serveCandidate).otherwise(waitForTraining);
  serveCandidate.next(isServed);
  isServed.when(Condition.stringEquals('$.serving.phase', 'ready'), compareStudents).otherwise(waitForServing);
  waitForServing.next(checkServing).next(isServed);
  compareStudents.next(decidePromotion).next(isPromoted);
  isPromoted.when(Condition.booleanEquals('$.decision.promote', true), isAgreed).otherwise(keepIncumbent);
  isAgreed.when(Condition.stringEquals('$.approval', 'before-promotion'), awaitPromotion).otherwise(promoteCandidate);
  awaitPromotion.next(promoteCandidate);
  promotionRefused.next(keepIncumbent);
  promotionExpired.next(keepIncumbent);
  promoteCandidate.next(goesOn);
  keepIncumbent.next(goesOn);
  goesOn
    .when(Condition.isPresent('$.ending'), writeReport)
    .when(Condition.numberLessThanJsonPath('$.round', '$.rounds'), nextRound)
    .otherwise(finished);
  nextRound.next(collectFeedback);
  const green = [
    finished,
    datasetReady,
    nothingToLearn,
    budgetReached,
    approvalPending,
    approvalRefused,
    approvalExpired,
  ];
  for (const each of green) each.next(writeReport);
  recordFailure.next(failed).next(writeReport).next(isRed);
  isRed.when(Condition.stringEquals('$.ending', 'failed'), failRun).otherwise(new Succeed(scope, 'Done'));
  failRun.next(planRun);

  // What goes wrong: endings that are no failures first, then the red ones
  awaitApproval.addCatch(approvalRefused, { ...caught, errors: ['ApprovalRefused'] });
  awaitApproval.addCatch(approvalExpired, { ...caught, errors: ['States.Timeout'] });
  awaitPromotion.addCatch(promotionRefused, { ...caught, errors: ['ApprovalRefused'] });
  awaitPromotion.addCatch(promotionExpired, { ...caught, errors: ['States.Timeout'] });
  for (const state of [awaitApproval, awaitPromotion]) {
    state.addCatch(approvalPending, { ...caught, errors: ['ApprovalPending'] });
  }
  const mayFail = [
    ...[collectFeedback, assembleDataset, awaitApproval, startTraining, checkTraining, serveCandidate, checkServing],
    ...[compareStudents, decidePromotion, awaitPromotion, promoteCandidate, keepIncumbent],
  ];
  for (const state of mayFail) {
    state.addCatch(budgetReached, { ...caught, errors: ['BudgetReached'] });
    state.addCatch(recordFailure, caught);
  }
  // Plan run, Record failure and Write report fail as they are: there is nobody left to tell, and a redrive goes on with them.
  return planRun;
}

/** A step of a shard. */
interface ShardPart {
  readonly first: LambdaInvoke;
  /** Where it may take several invocations: the question whether another one is needed. */
  readonly all?: Choice;
}

/** A step that calls models: when the time of its function is nearly up it says so, and another invocation goes on. */
function calling(scope: Construct, first: LambdaInvoke, question: string, finished: string): ShardPart {
  const all = new Choice(scope, question);
  first.next(all);
  return { first, all: all.when(Condition.booleanEquals(finished, false), first) };
}

/** A state that waits until a person has answered, or the time for it is up. */
function approval(scope: Construct, name: string, functions: StepFunctions, before: ApprovalPoint): LambdaInvoke {
  return step(scope, name, functions, {
    takes: ['run', 'round'],
    also: { before, taskToken: JsonPath.taskToken },
    folder: 'await-approval',
    waits: Timeout.at('$.approvalSeconds'),
    // That the time is up is an answer of its own, and no reason to ask again.
    retries: retries.map(({ errors = [], ...retry }) => ({
      ...retry,
      errors: errors.filter((name) => name !== 'States.Timeout'),
    })),
  });
}

/**
 * A Distributed Map over shard numbers that the state carries; each item goes through the steps as `{run, round, shard}`.
 * Such a map reports a failed item only as a failed map, so the error's own name is recorded inside. A shard that stops for
 * the budget is no failure: the step after the map finds what is missing, and says so.
 */
function overShards(
  scope: Construct,
  name: string,
  itemsPath: string,
  functions: StepFunctions,
  steps: readonly [ShardPart, ...ShardPart[]],
): DistributedMap {
  // The answers of all shards together must stay small, so none has one.
  const done = new Succeed(scope, `${name}: shard done`, { outputPath: JsonPath.DISCARD });
  const stopped = new Succeed(scope, `${name}: stopped for the budget`, { outputPath: JsonPath.DISCARD });
  const unrecorded = redEnding(scope, `${name}: shard failed`);
  const record = step(scope, `${name}: record failure`, functions, {
    takes: ['run', 'failure'],
    // An item is an execution of its own. How often the run's was redriven is recorded when the map has failed.
    also: { redrives: 0 },
    folder: 'record-failure',
  });
  record.addCatch(unrecorded, caught).next(unrecorded);
  for (const [index, { first, all }] of steps.entries()) {
    first.addCatch(stopped, { ...caught, errors: ['BudgetReached'] });
    first.addCatch(record, caught);
    const next = steps[index + 1]?.first ?? done;
    if (all) all.otherwise(next);
    else first.next(next);
  }
  const map = new DistributedMap(scope, name, {
    itemsPath,
    itemSelector: {
      run: JsonPath.objectAt('$.run'),
      round: JsonPath.objectAt('$.round'),
      shard: JsonPath.objectAt('$$.Map.Item.Value'),
    },
    maxConcurrencyPath: '$.shardsAtOnce',
    resultPath: JsonPath.DISCARD,
  });
  map.itemProcessor(steps[0].first);
  return map;
}

function redEnding(scope: Construct, name: string): Fail {
  return new Fail(scope, name, { errorPath: '$.failure.Error', causePath: '$.failure.Cause' });
}

function stateOfNextRound(): Record<string, unknown> {
  return {
    ...Object.fromEntries(carried.map((field) => [field, JsonPath.objectAt(`$.${field}`)])),
    round: JsonPath.mathAdd(JsonPath.numberAt('$.round'), 1),
  };
}
