import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acceptPatterns } from './accept-patterns.ts';

export interface LoopStorageProps {
  readonly loop: string;
  /** For how long calls of earlier runs are of use (reuseDays in the loop file). */
  readonly reuseDays: number;
  readonly encryptionKey?: IKey | undefined;
  /** Whether runs and students outlive the stack. */
  readonly retain: boolean;
  /** Where S3 writes down who read what; without it nowhere. */
  readonly accessLogs?: IBucket | undefined;
}

/** Patterns of keys below the bucket, as core/artifact-keys.ts makes them. */
export interface StoreAccess {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly deletes?: readonly string[];
}

/** The store of a loop: one bucket, which keeps every version of what changes and lets nobody in without TLS. */
export class LoopStorage extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: LoopStorageProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      ...(props.encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // A bucket goes only when it is empty, so CDK's own function empties it first.
      ...(props.retain
        ? { removalPolicy: RemovalPolicy.RETAIN }
        : { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }),
      ...(props.accessLogs ? { serverAccessLogsBucket: props.accessLogs, serverAccessLogsPrefix: 'store/' } : {}),
    });
    if (!props.accessLogs) {
      Validations.of(this.bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason:
          'Who reads what is written down where the account wants it: accessLogs takes the bucket. One of its own would need one, too.',
      });
    }
    this.bucket.addLifecycleRule({
      id: 'what-was-replaced-or-deleted',
      noncurrentVersionExpiration: Duration.days(30),
      expiredObjectDeleteMarker: true,
    });
    this.bucket.addLifecycleRule({
      id: 'uploads-that-were-given-up',
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    });
    this.bucket.addLifecycleRule({
      id: 'calls-too-old-to-be-used-again',
      prefix: `loops/${props.loop}/calls/`,
      expiration: Duration.days(props.reuseDays + 1),
    });
  }

  /**
   * Lets somebody read, write and delete objects whose keys fit the patterns, and no others. Whether an object is there at
   * all may be asked of the whole bucket: without that S3 says "denied" where it should say "not there".
   */
  grant(to: IGrantable, { reads = [], writes = [], deletes = [] }: StoreAccess): void {
    const statements = [
      { actions: ['s3:GetObject'], keys: reads },
      // Whose answer to a write got lost looks whether it is there.
      { actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'], keys: writes },
      { actions: ['s3:DeleteObject'], keys: deletes },
    ].filter(({ keys }) => keys.length > 0);
    for (const { actions, keys } of statements) {
      const resources = keys.map((key) => this.bucket.arnForObjects(key));
      to.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
      acceptPatterns(to, resources, 'One kind of artifact of any run; names of runs are made when they start.');
    }
    to.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
    this.#grantKey(to, writes.length > 0);
  }

  /** What S3 asks of whoever reads, and writes, what is encrypted with a key. */
  #grantKey(to: IGrantable, writes: boolean): void {
    this.bucket.encryptionKey?.grant(to, 'kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : []));
  }
}
