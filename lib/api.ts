import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { answerWithProblems } from './api/gateway-responses.ts';
import { requestChecks } from './api/request-checks.ts';
import { type Route, routes } from './api/routes.ts';
import { grantActions } from './grant-actions.ts';
import { type StarterProps, starterEnvironment } from './starter.ts';

const STAGE = 'v1';

/**
 * Requests a second, and how many may come at once. All requests of an account share 10,000 a second; this is enough for
 * twenty people or scripts that look at their run once a second, and each look reads up to some hundred objects.
 */
const THROTTLE = { throttlingRateLimit: 20, throttlingBurstLimit: 40 };

/** API Gateway waits for 29 s, and a function that works longer works for nobody. */
const SECONDS = 29;

/** The HTTP API of one loop: lib/api/routes.ts has its routes. Every request is signed (AWS_IAM). */
export class LoopApi extends Construct {
  readonly rest: RestApi;

  constructor(scope: Construct, id: string, props: StarterProps) {
    super(scope, id);
    const { loop, encryptionKey } = props;
    this.rest = new RestApi(this, 'Rest', {
      restApiName: `ratchet-${loop.name}`,
      description: `Starts, follows and answers the runs of the loop ${loop.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      deployOptions: {
        stageName: STAGE,
        ...THROTTLE,
        tracingEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        accessLogDestination: new LogGroupLogDestination(
          this.#logGroup('AccessLog', `/ratchet/${loop.name}/api`, encryptionKey),
        ),
        accessLogFormat: AccessLogFormat.custom(ACCESS_LOG_LINE),
      },
      // No REST API can write a log before its account has this role, and all APIs of a region share the one that was set
      // last: it stays when the stack goes, or the others would fall silent.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
    });
    // Outputs have stable names, in lib/outputs.ts.
    this.rest.node.tryRemoveChild('Endpoint');
    // API Gateway would make it itself, for ever.
    const executionLog = `API-Gateway-Execution-Logs_${this.rest.restApiId}/${STAGE}`;
    this.rest.deploymentStage.node.addDependency(this.#logGroup('ExecutionLog', executionLog, encryptionKey));
    answerWithProblems(this.rest);
    const checked = requestChecks(this.rest);
    for (const route of routes) {
      const integration = new LambdaIntegration(functionOf(route, props), { allowTestInvoke: false });
      this.rest.root.resourceForPath(route.path).addMethod(route.method, integration, checked(route));
    }
    explainFindings(this.rest);
  }

  /** Lets somebody call the API: only look, or all. */
  grantInvoke(grantee: IGrantable, which: 'read' | 'all' = 'all'): Grant {
    const method = which === 'read' ? 'GET' : '*';
    return Grant.addToPrincipalOrResource({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.rest.arnForExecuteApi(method, '/*', STAGE)],
      resource: this.rest,
      // An API's own policy can't hold its ARN, which is made of its id; this short form means the same.
      resourceSelfArns: [`execute-api:/${STAGE}/${method}/*`],
    });
  }

  #logGroup(id: string, logGroupName: string, encryptionKey: StarterProps['encryptionKey']): LogGroup {
    return new LogGroup(this, id, {
      logGroupName,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey ? { encryptionKey } : {}),
    });
  }
}

/** The function of a route, with what it may do and nothing more. */
function functionOf(route: Route, props: StarterProps): IFunction {
  const { maker, storage, workflow, logs } = props;
  const made = maker.make(`api/${route.folder}`, {
    description: `${route.summary} (${route.method} ${route.path})`,
    seconds: SECONDS,
    memoryMiB: route.memoryMiB ?? 256,
    environment: starterEnvironment(props),
  });
  storage.grant(made, route.store);
  grantActions(made, route.actions, { stateMachine: workflow.stateMachine, logs });
  return made;
}

/** One line of JSON a request: who asked for what, what came of it and how long it took. Never a body. */
const ACCESS_LOG_LINE = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  ms: '$context.responseLatency',
  functionMs: '$context.integration.latency',
  refusedAs: '$context.error.responseType',
  traceId: '$context.xrayTraceId',
});

function explainFindings(rest: RestApi): void {
  Validations.of(rest).acknowledge(
    {
      id: 'AwsSolutions-COG4',
      reason: 'Every method takes AWS_IAM: callers sign with the credentials that they have.',
    },
    {
      id: 'AwsSolutions-APIG3',
      reason:
        'Nothing gets past IAM without a signature, and the stage is throttled: a firewall has nothing left to do.',
    },
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'AWS made this policy for the one role through which API Gateway writes the logs of an account.',
    },
  );
}
