import { Stack, Validations } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Says why somebody's policies may name patterns of resources, where cdk-nag would ask (AwsSolutions-IAM5). */
export function acceptPatterns(of: IGrantable, arns: readonly string[], reason: string): void {
  for (const owner of ownersOf(of)) {
    for (const arn of arns) {
      const finding = asText(Stack.of(owner).resolve(arn));
      Validations.of(owner).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
    }
  }
}

/** The same for the use of a KMS key: the construct of a queue names two kinds of calls by a pattern. */
export function acceptKeyUse(of: IGrantable): void {
  for (const owner of ownersOf(of)) {
    for (const action of ['kms:ReEncrypt*', 'kms:GenerateDataKey*']) {
      const reason = 'The calls that encrypt with this one key, which AWS has in two forms each.';
      Validations.of(owner).acknowledge({ id: `AwsSolutions-IAM5[Action::${action}]`, reason });
    }
  }
}

/** A function's policies belong to its role, some of a state machine's to itself. Who is no construct has none here. */
function ownersOf(of: IGrantable): Set<Construct> {
  return new Set([of, of.grantPrincipal].filter((one) => Construct.isConstruct(one)));
}

/** As cdk-nag writes ARNs that are known after the deployment only: `<Bucket.Arn>/runs/*`. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: name, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = value as Record<string, unknown>;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(joined)) return (joined[1] as unknown[]).map(asText).join(joined[0] as string);
  return typeof name === 'string' ? `<${name}>` : JSON.stringify(value);
}
