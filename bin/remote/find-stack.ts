import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { InvalidInput } from '../../core/errors.ts';
import { outputs } from '../../lib/outputs.ts';
import { awsFailure } from './aws-failure.ts';

/** A deployed loop, as its stack tells. */
export interface FoundStack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly apiUrl: string;
  readonly bucket: string;
  readonly loop: string;
}

/** Reads the outputs of a stack. Throws InvalidInput, CredentialRefused, ProviderOverloaded. */
export async function findStack(name: string): Promise<FoundStack> {
  const client = new CloudFormationClient({
    maxAttempts: 3,
    // Without throwOnRequestTimeout the SDK only warns.
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  const doing = `look for the stack ${name}`;
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return foundIn(name, stack);
  } catch (cause) {
    if (cause instanceof InvalidInput) throw cause;
    // CloudFormation has no error of its own for a stack that there is not.
    if (!/does not exist/.test((cause as Error).message))
      throw awsFailure(doing, 'cloudformation:DescribeStacks', cause);
    throw new InvalidInput(
      `The stack ${name}`,
      [
        `there is none in ${await client.config.region()}; check the name, the region (AWS_REGION) and the account (AWS_PROFILE)`,
      ],
      { cause },
    );
  }
}

/** arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id> */
function foundIn(name: string, stack: Stack | undefined): FoundStack {
  const [, , , region = '', account = ''] = stack?.StackId?.split(':') ?? [];
  const outputNamed = (output: string): string => {
    const found = stack?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
    if (found !== undefined) return found;
    throw new InvalidInput(`The stack ${name}`, [
      `it is ${stack?.StackStatus} and has no output ${output}; wait until it is deployed, or name one that Ratchet made`,
    ]);
  };
  return {
    name,
    region,
    account,
    apiUrl: outputNamed(outputs.apiUrl),
    bucket: outputNamed(outputs.bucket),
    loop: outputNamed(outputs.loopName),
  };
}
