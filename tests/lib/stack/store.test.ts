import { describe, expect, test } from '@jest/globals';
import { asText } from '../starters.ts';
import { pseudo } from './permissions-in.ts';
import { allOf, fullStack, loopStack, type Properties, type Synthesized, supportDesk } from './stacks.ts';

const plain = loopStack();
const full = fullStack();

function storeOf({ template }: Synthesized): [id: string, bucket: Properties] {
  const [found] = Object.entries(allOf(template, 'AWS::S3::Bucket')).filter(([id]) => id.startsWith('Loop'));
  return found!;
}

describe('the store of a deployed loop', () => {
  const [id, bucket] = storeOf(plain);

  test('keeps every version, encrypted, and is closed to the public', () => {
    expect(bucket).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  test('denies everything to everybody who comes without TLS, or with an old one', () => {
    const policy = Object.values(allOf(plain.template, 'AWS::S3::BucketPolicy')).find(
      ({ Bucket }) => Bucket.Ref === id,
    );
    const denied = policy!['PolicyDocument'].Statement.filter(
      ({ Effect, Action, Principal }: Properties) => Effect === 'Deny' && Action === 's3:*' && Principal.AWS === '*',
    );

    expect(denied.map(({ Condition }: Properties) => Condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
    for (const { Resource } of denied) {
      expect(Resource.map(asText)).toEqual([`\${${id}.Arn}`, `\${${id}.Arn}/*`]);
    }
  });

  test('outlives the stack', () => {
    const resource = plain.template.toJSON()['Resources'][id];

    expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('goes with the stack where that is wanted, with all that is in it', () => {
    const resources = full.template.toJSON()['Resources'];
    const [given] = storeOf(full);
    const emptied = Object.values(allOf(full.template, 'Custom::S3AutoDeleteObjects'));

    expect(resources[given]).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(emptied.map(({ BucketName }) => BucketName)).toEqual([{ Ref: given }]);
  });

  test('forgets old versions, uploads that were given up, and calls that nobody may use again', () => {
    const rulesOf = (bucket: Properties) =>
      bucket['LifecycleConfiguration'].Rules.map(({ Id: _, Status, ...rule }: Properties) => [Status, rule]);
    const always = [
      ['Enabled', { NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpiredObjectDeleteMarker: true }],
      ['Enabled', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
    ];

    const reusedFor = (days: number) => [
      'Enabled',
      { Prefix: 'loops/support-desk/calls/', ExpirationInDays: days + 1 },
    ];

    expect(rulesOf(storeOf(full)[1])).toEqual([...always, reusedFor(0)]);
    expect(rulesOf(bucket)).toEqual([...always, reusedFor(supportDesk.document.reuseDays)]);
  });

  test('says who read it, where a bucket is given for that', () => {
    expect(bucket['LoggingConfiguration']).toBeUndefined();
    expect(storeOf(full)[1]['LoggingConfiguration']).toMatchObject({
      DestinationBucketName: { Ref: expect.stringMatching(/^AccessLogs/) },
    });
  });
});

describe('a key of one’s own', () => {
  const { template } = full;
  const [[key] = []] = Object.entries(allOf(template, 'AWS::KMS::Key'));
  const arn = { 'Fn::GetAtt': [key, 'Arn'] };

  test('is the only one', () => {
    expect(Object.keys(allOf(template, 'AWS::KMS::Key'))).toEqual([expect.stringMatching(/^Given/)]);
  });

  test.each([
    ['AWS::Logs::LogGroup', 'KmsKeyId', 4],
    ['AWS::SNS::Topic', 'KmsMasterKeyId', 1],
    ['AWS::SQS::Queue', 'KmsMasterKeyId', 1],
    ['AWS::Scheduler::Schedule', 'KmsKeyArn', 1],
  ])('encrypts every %s', (type, property, count) => {
    const keys = Object.values(allOf(template, type)).map((each) => each[property]);

    expect(keys).toEqual(Array(count).fill(arn));
  });

  test('encrypts the environment of every function', () => {
    const ours = Object.values(allOf(template, 'AWS::Lambda::Function')).filter(({ FunctionName }) => FunctionName);

    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter(({ KmsKeyArn }) => JSON.stringify(KmsKeyArn) !== JSON.stringify(arn))).toEqual([]);
  });

  test('encrypts the store', () => {
    const [encryption] = storeOf(full)[1]['BucketEncryption'].ServerSideEncryptionConfiguration;

    expect(encryption).toEqual({
      BucketKeyEnabled: true,
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
    });
  });

  test('may be used by the services that write with it: logs of this account, events, alarms', () => {
    const statements: Properties[] = Object.values(allOf(template, 'AWS::KMS::Key'))[0]!['KeyPolicy'].Statement;
    const services = statements.flatMap(({ Principal }) => [Principal.Service ?? []].flat().map(asText));
    const logs = statements.find(({ Principal }) => asText(Principal.Service ?? '').startsWith('logs.'));

    expect(new Set(services)).toEqual(
      new Set([`logs.${pseudo('Region')}.amazonaws.com`, 'events.amazonaws.com', 'cloudwatch.amazonaws.com']),
    );
    expect(asText(logs?.['Condition'].ArnLike['kms:EncryptionContext:aws:logs:arn'])).toMatch(
      /:\$\{AWS::AccountId\}:\*$/,
    );
  });
});
