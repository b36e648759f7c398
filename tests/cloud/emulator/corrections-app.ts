import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { JsonSchemaType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke as LambdaTarget } from 'aws-cdk-lib/aws-scheduler-targets';
import {
  DefinitionBody,
  DistributedMap,
  type IChainable,
  IntegrationPattern,
  JsonPath,
  StateMachine,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';

/*
 * The smallest stack that shows the corrections of the emulator: one function that does as it is told, a state machine for
 * each way to call it, an API with a request model, a schedule that is due, and a TLS-only bucket.
 */
const handler = `
exports.handler = async ({ failWith, dies, milliseconds = 0, httpMethod, scheduledAt }) => {
  if (scheduledAt) console.log('scheduled at', scheduledAt);
  if (failWith) throw Object.assign(new Error('as told'), { name: failWith });
  if (dies) process.kill(process.pid, 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return httpMethod ? { statusCode: 200, body: '{}' } : {};
};`;

const stack = new Stack(new App(), 'Corrections');
const worker = new LambdaFunction(stack, 'Worker', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline(handler),
  timeout: Duration.seconds(5),
});
const calling = { lambdaFunction: worker, retryOnServiceExceptions: false };

const call = new LambdaInvoke(stack, 'Call', { ...calling, payloadResponseOnly: true });
call.addRetry({ errors: ['ProviderOverloaded'], interval: Duration.seconds(1), maxAttempts: 2 });
machine('Calls', call);

const shards = new DistributedMap(stack, 'Shards', { itemsPath: '$.items', maxConcurrencyPath: '$.atOnce' });
machine('Maps', shards.itemProcessor(new LambdaInvoke(stack, 'Shard', { ...calling, payloadResponseOnly: true })));

const payload = TaskInput.fromObject({ token: JsonPath.taskToken, 'failWith.$': '$.failWith' });
const integrationPattern = IntegrationPattern.WAIT_FOR_TASK_TOKEN;
machine('Asks', new LambdaInvoke(stack, 'Ask', { ...calling, payload, integrationPattern }));

const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
const model = api.addModel('Start', {
  schema: { type: JsonSchemaType.OBJECT, properties: { run: { type: JsonSchemaType.STRING } }, required: ['run'] },
});
api.root.addMethod('POST', new LambdaIntegration(worker), {
  requestModels: { 'application/json': model },
  requestValidatorOptions: { validateRequestBody: true },
});
output('ApiId', api.restApiId);

const input = ScheduleTargetInput.fromObject({ scheduledAt: '<aws.scheduler.scheduled-time>' });
new Schedule(stack, 'Due', {
  schedule: ScheduleExpression.expression('at(2026-01-01T00:00:00)'),
  target: new LambdaTarget(worker, { input }),
});
output('WorkerName', worker.functionName);

output(
  'BucketName',
  new Bucket(stack, 'Bucket', { enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY }).bucketName,
);

function machine(name: string, chain: IChainable): void {
  const definitionBody = DefinitionBody.fromChainable(chain);
  output(`${name}Arn`, new StateMachine(stack, name, { definitionBody }).stateMachineArn);
}

function output(name: string, value: string): void {
  new CfnOutput(stack, name, { value });
}
