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
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type StepFunctions, type StepOptions, step } from './step.ts';

/** What every round finds in the state, besides its own number. */
const carried = ['run', 'rounds', 'trainShards', 'heldOutShards', 'shardsAtOnce', 'pollSeconds', 'approval', 'trains'];

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
  const wait = (name: string) => new Wait(scope, name, { time: WaitTime.secondsPath('$.pollSeconds') });
  const ofRound = { takes: ['run', 'round'] };
  const ofShard = { takes: ['run', 'round', 'shard'] };

  // The steps
  const planRun = task('Plan run', { takes: ['run', 'loop', 'version'], answer: '$' });
  const collectFeedback = overShards(scope, 'Collect feedback', '$.trainShards', functions, [
    task('Sample responses', ofShard),
    task('Judge responses', ofShard),
    task('Build pairs', { ...ofShard, isLast: true }),
  ]);
  const assembleDataset = task('Assemble dataset', { ...ofRound, answer: '$.dataset' });
  const awaitApproval = task('Await approval', ofRound);
  const startTraining = task('Start training', ofRound);
  const waitForTraining = wait('Wait for training');
  const checkTraining = task('Check training', { ...ofRound, answer: '$.training' });
  const serveCandidate = task('Serve candidate', { ...ofRound, answer: '$.serving' });
  const waitForServing = wait('Wait for serving');
  const checkServing = task('Check serving', { ...ofRound, answer: '$.serving' });
  const compareStudents = overShards(scope, 'Compare students', '$.heldOutShards', functions, [
    task('Evaluate candidate', { ...ofShard, isLast: true }),
  ]);
  const decidePromotion = task('Decide promotion', { ...ofRound, answer: '$.decision' });
  const promoteCandidate = task('Promote candidate', ofRound);
  const keepIncumbent = task('Keep incumbent', ofRound);
  const nextRound = new Pass(scope, 'Next round', { parameters: stateOfNextRound() });
  const writeReport = task('Write report', { takes: ['run', 'ending'] });
  const recordFailure = task('Record failure', { takes: ['run', 'failure'], answer: '$.failure' });

  // The endings, each with a name
  const finished = ending('All rounds done', 'finished');
  const datasetReady = ending('Dataset ready', 'dataset-ready');
  const nothingToLearn = ending('Nothing to learn', 'nothing-to-learn');
  const budgetReached = ending('Budget reached', 'budget-reached');
  const approvalPending = ending('Approval pending', 'approval-pending');
  const approvalRefused = ending('Approval refused', 'approval-refused');
  const failed = ending('Run failed', 'failed');
  const red = redEnding(scope, 'Failed');
  const redWithoutReport = redEnding(scope, 'Failed without a report');

  // The questions
  const isWorthTraining = new Choice(scope, 'Worth training?');
  const isTrainerGiven = new Choice(scope, 'Trainer given?');
  const needsApproval = new Choice(scope, 'Approval wanted?');
  const isTrained = new Choice(scope, 'Training finished?');
  const isServed = new Choice(scope, 'Candidate ready?');
  const isPromoted = new Choice(scope, 'Promote?');
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
  isPromoted.when(Condition.booleanEquals('$.decision.promote', true), promoteCandidate).otherwise(keepIncumbent);
  promoteCandidate.next(goesOn);
  keepIncumbent.next(goesOn);
  goesOn.when(Condition.numberLessThanJsonPath('$.round', '$.rounds'), nextRound).otherwise(finished);
  nextRound.next(collectFeedback);
  const green = [finished, datasetReady, nothingToLearn, budgetReached, approvalPending, approvalRefused];
  for (const each of green) each.next(writeReport);
  recordFailure.next(failed).next(writeReport).next(isRed);
  isRed.when(Condition.stringEquals('$.ending', 'failed'), red).otherwise(new Succeed(scope, 'Done'));

  // What goes wrong: endings that are no failures first, then the red ones
  awaitApproval.addCatch(approvalPending, { ...caught, errors: ['ApprovalPending'] });
  awaitApproval.addCatch(approvalRefused, { ...caught, errors: ['ApprovalRefused'] });
  const mayFail = [
    ...[collectFeedback, assembleDataset, awaitApproval, startTraining, checkTraining, serveCandidate, checkServing],
    ...[compareStudents, decidePromotion, promoteCandidate, keepIncumbent],
  ];
  for (const state of mayFail) {
    state.addCatch(budgetReached, { ...caught, errors: ['BudgetReached'] });
    state.addCatch(recordFailure, caught);
  }
  for (const state of [planRun, recordFailure, writeReport]) state.addCatch(redWithoutReport, caught);
  return planRun;
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
  steps: readonly [LambdaInvoke, ...LambdaInvoke[]],
): DistributedMap {
  const stopped = new Succeed(scope, `${name}: stopped for the budget`, { outputPath: JsonPath.DISCARD });
  const unrecorded = redEnding(scope, `${name}: shard failed`);
  const record = step(scope, `${name}: record failure`, functions, {
    takes: ['run', 'failure'],
    folder: 'record-failure',
  });
  record.addCatch(unrecorded, caught).next(unrecorded);
  for (const state of steps) {
    state.addCatch(stopped, { ...caught, errors: ['BudgetReached'] });
    state.addCatch(record, caught);
  }
  for (const [index, state] of steps.slice(1).entries()) steps[index]?.next(state);
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
  map.itemProcessor(steps[0]);
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
