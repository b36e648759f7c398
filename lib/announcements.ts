import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, type EventPattern, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, type PolicyStatementProps, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { consoleHostOf } from './console-host.ts';

export interface AnnouncementsProps {
  readonly loop: string;
  /** E-mail addresses; each has to agree once, in a mail that SNS sends. */
  readonly notify: readonly string[];
  /** A key of another stack has to let events.amazonaws.com and cloudwatch.amazonaws.com use it. */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Who is told of a loop: everybody who subscribes to its topic. What the functions announce on the default event bus, and
 * what Step Functions tells of executions, goes there as a few sentences.
 *
 * People are told of each ending once. An execution that ends red tells it itself where it can, and Step Functions tells it
 * always; so the topic gets the latter, and of the former only the endings that are no failures.
 */
export class Announcements extends Construct {
  readonly topic: Topic;
  readonly #loop: string;

  constructor(scope: Construct, id: string, { loop, notify, encryptionKey }: AnnouncementsProps) {
    super(scope, id);
    this.#loop = loop;
    this.topic = new Topic(this, 'Topic', {
      displayName: `Ratchet ${loop}`,
      enforceSSL: true,
      masterKey: keyForPublishers(this, encryptionKey ?? ownKey(this, loop)),
    });
    for (const address of notify) this.topic.addSubscription(new EmailSubscription(address));
    this.#letAlarmsPublish();
    this.#tellWhatFunctionsAnnounce();
  }

  /** Tells of executions that fail, take too long or are stopped: a run that ended so may not have told it itself. */
  ofEndings(stateMachine: IStateMachine): void {
    const { stateMachineArn } = stateMachine;
    // Not of the child executions of a Distributed Map: their state machine has another ARN.
    const executions = (...status: string[]) => ({
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stateMachineArn], status },
    });
    const stack = Stack.of(this);
    const execution = `https://${consoleHostOf(stack)}/states/home?region=${stack.region}#/v2/executions/details/${field('executionArn')}`;
    // Not its cause: EventBridge puts it in as it is, and JSON with a stack trace fits into no line.
    this.#tell('RunFailed', 'A run has failed', executions('FAILED'), [
      `The run ${field('name')} of the loop ${this.#loop} has failed: ${field('error')}.`,
      `What the error says: npm run ratchet -- status ${field('name')} --stack ${stack.stackName}, or GET /runs/${field('name')} (docs/api.md).`,
      'What it has paid for is kept. What to do about the error: docs/errors.md. What to do about the run: docs/runbook.md#run-failed.',
      `The execution: ${execution}`,
    ]);
    this.#tell('RunStopped', 'A run was stopped, or took too long', executions('TIMED_OUT', 'ABORTED'), [
      `The run ${field('name')} of the loop ${this.#loop} ended before its time: ${field('status')}.`,
      'What it has paid for is kept, and the incumbent stays as it is. To go on: docs/runbook.md#run-failed.',
      `The execution: ${execution}`,
    ]);
  }

  #tellWhatFunctionsAnnounce(): void {
    const announced = (detailType: string, detail: Record<string, unknown> = {}) => ({
      source: ['ratchet'],
      detailType: [detailType],
      detail: { loop: [this.#loop], ...detail },
    });
    this.#tell('RunEnded', 'A run has ended', announced('Run ended', { ending: Match.anythingBut('failed') }), [
      `The run ${field('run')} of the loop ${this.#loop} has ended: ${field('ending')}. ${field('says')}`,
      field('summary'),
      `The report is ${field('report')} in the loop's bucket; GET /runs/${field('run')}/report gives a link to it.`,
      `The execution: ${field('console')}`,
    ]);
    this.#tell('ApprovalWanted', 'A run waits for approval', announced('Approval wanted'), [
      `The run ${field('run')} of the loop ${this.#loop} waits for a person to agree to the ${field('before')} of round ${field('round')}.`,
      field('summary'),
      `Answer with POST /runs/${field('run')}/approval (docs/api.md) until ${field('until')}; without an answer the incumbent stays.`,
      `The execution: ${field('console')}`,
    ]);
    this.#tell('RunRefused', 'A run was not started', announced('Run refused'), [
      `The run ${field('run')} of the loop ${this.#loop} was not started: the run ${field('running')} is still under way.`,
      'Two would improve the same student at once. If that one is stuck: docs/runbook.md#run-takes-too-long.',
    ]);
  }

  /** A mail has each line in quotation marks: EventBridge sends JSON. */
  #tell(id: string, description: string, eventPattern: EventPattern, lines: readonly string[]): void {
    const message = RuleTargetInput.fromMultilineText(lines.join('\n'));
    new Rule(this, id, { description: `${description} (${this.#loop})`, eventPattern }).addTarget(
      new SnsTopic(this.topic, { message }),
    );
  }

  /** A topic with a policy of its own, as the rules' targets give it one, is closed to alarms unless it says otherwise. */
  #letAlarmsPublish(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: ofThisAccount(this),
      }),
    );
  }
}

/** Of the event's detail. One that is not there leaves its place empty. */
function field(name: string): string {
  return EventField.fromPath(`$.detail.${name}`);
}

/** AWS's own key, alias/aws/sns, would be free, but neither EventBridge nor alarms may use it: they could tell nobody. */
function ownKey(scope: Construct, loop: string): Key {
  return new Key(scope, 'Key', {
    description: `Encrypts what is told of the loop ${loop}`,
    enableKeyRotation: true,
    // Nothing that it encrypts is kept.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/**
 * Who publishes to an encrypted topic needs its key. EventBridge does not say for whom it publishes, neither to the key nor to
 * the topic: with a condition it could tell nobody (docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, and "Amazon SNS
 * permissions" in docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 */
function keyForPublishers(scope: Construct, key: IKey): IKey {
  const letUse = (service: string, limits: Pick<PolicyStatementProps, 'conditions'> = {}) =>
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        ...limits,
      }),
    );
  letUse('events.amazonaws.com');
  letUse('cloudwatch.amazonaws.com', { conditions: ofThisAccount(scope) });
  return key;
}

/** Not for an alarm of somebody else's. */
function ofThisAccount(scope: Construct) {
  return { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
}
