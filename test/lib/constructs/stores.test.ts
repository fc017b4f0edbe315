import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  resource,
  resourcesOf,
  type StackResource,
  type StackTemplate,
  templateOf,
} from '../../support/infra/synthesized.ts';

const prod = templateOf('prod');
const dev = templateOf('dev');

const tableIds = ['CallRoutesTable', 'BookingsTable', 'CallsTable', 'ConversationsTable'];
const BUCKET_ARN = { 'Fn::GetAtt': ['RecordingsBucket', 'Arn'] };

function keys(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}

const index = (IndexName: string, partitionKey: string, sortKey: string, ProjectionType = 'ALL') => ({
  IndexName,
  KeySchema: keys(partitionKey, sortKey),
  Projection: { ProjectionType },
});

/** The resource that protects a table against deletion. */
const protectionResource = (template: StackTemplate, tableId: string): StackResource | undefined =>
  Object.values(resourcesOf(template, 'Custom::TableProtection')).find(({ Properties }) =>
    JSON.stringify(Properties).includes(`"${tableId}"`),
  );

/** What it asks of DynamoDB. */
function protectionOf(template: StackTemplate, tableId: string): unknown {
  const call = callSchema.parse(protectionResource(template, tableId)?.Properties.Update);
  const text = call['Fn::Join'][1].map((part) =>
    typeof part === 'string' ? part : JSON.stringify(part.Ref),
  );
  const { parameters } = z
    .object({ parameters: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(text.join('').replaceAll(/""(\w+)""/g, '{"Ref":"$1"}')));
  return parameters;
}

const callSchema = z.object({
  'Fn::Join': z.tuple([z.literal(''), z.array(z.union([z.string(), z.object({ Ref: z.string() })]))]),
});

describe('every table', () => {
  test.each(tableIds)('%s is paid per request, encrypted, restorable and swept', (id) => {
    expect(resource(prod, id).Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttlEpochSeconds', Enabled: true },
    });
  });

  test.each(tableIds)('%s cannot be deleted by accident in production', (id) => {
    expect(resource(prod, id)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(protectionOf(prod, id)).toEqual({ TableName: { Ref: id }, DeletionProtectionEnabled: true });
  });

  test.each(tableIds)('%s is protected by a resource that a failed first deployment takes back', (id) => {
    expect(resource(prod, id).Properties).not.toHaveProperty('DeletionProtectionEnabled');
    expect(protectionResource(prod, id)).toMatchObject({
      DependsOn: expect.arrayContaining([id]),
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    expect(JSON.stringify(protectionResource(prod, id)?.Properties.Delete)).toContain('false');
  });

  test.each(tableIds)('%s goes with the stack where the configuration says so', (id) => {
    expect(protectionOf(dev, id)).toEqual({ TableName: { Ref: id }, DeletionProtectionEnabled: false });
    expect(resource(dev, id)).toMatchObject({ DeletionPolicy: 'Delete' });
  });
});

describe('keys and indexes', () => {
  test('a call is routed by virtual number and caller, with neither index nor stream to pay for', () => {
    const { Properties } = resource(prod, 'CallRoutesTable');

    expect(Properties.KeySchema).toEqual(keys('virtualNumber', 'caller'));
    expect(Properties).not.toHaveProperty('GlobalSecondaryIndexes');
    expect(Properties).not.toHaveProperty('StreamSpecification');
  });

  test('bookings are found by reference, virtual number and day', () => {
    const { Properties } = resource(prod, 'BookingsTable');

    expect(Properties.KeySchema).toEqual(keys('pk', 'sk'));
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      index('byReference', 'reference', 'bookingOrder'),
      index('byVirtualNumber', 'virtualNumber', 'bookingOrder'),
    ]);
    expect(Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
  });

  test('sessions are found by time, outcome, booking, party and recording, at the price of their keys', () => {
    const { Properties } = resource(prod, 'CallsTable');

    expect(Properties.KeySchema).toEqual(keys('sessionId', 'item'));
    expect(Properties.GlobalSecondaryIndexes).toEqual([
      index('byTime', 'timeSlot', 'sessionOrder', 'KEYS_ONLY'),
      index('byOutcome', 'outcomeSlot', 'sessionOrder', 'KEYS_ONLY'),
      index('byBooking', 'bookingId', 'sessionOrder', 'KEYS_ONLY'),
      index('byCaller', 'callerNumber', 'sessionOrder', 'KEYS_ONLY'),
      index('byCallee', 'calleeNumber', 'sessionOrder', 'KEYS_ONLY'),
      index('byRecording', 'recordingId', 'sessionOrder', 'KEYS_ONLY'),
    ]);
    expect(Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
  });
});

describe('the bucket of recordings', () => {
  test('is private, encrypted, versioned, and its use is logged', () => {
    expect(resource(prod, 'RecordingsBucket').Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { DestinationBucketName: { Ref: 'RecordingsAccessLogsBucket' } },
    });
  });

  test('answers over TLS alone', () => {
    const policies = Object.values(resourcesOf(prod, 'AWS::S3::BucketPolicy'));

    const policy = policies.find(({ Properties }) =>
      JSON.stringify(Properties.Bucket).includes('"RecordingsBucket"'),
    );

    expect(policy?.Properties.PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          Resource: [BUCKET_ARN, { 'Fn::Join': ['', [BUCKET_ARN, '/*']] }],
        }),
      ]),
    });
  });

  test('forgets recordings after the configured days, overwritten ones within a week', () => {
    const template = templateOf('prod', { 'recordings.keepDays': 40, 'recordings.colderAfterDays': 10 });

    expect(resource(template, 'RecordingsBucket').Properties.LifecycleConfiguration).toEqual({
      Rules: [
        expect.objectContaining({
          Status: 'Enabled',
          ExpirationInDays: 40,
          NoncurrentVersionExpiration: { NoncurrentDays: 7 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 10 }],
        }),
        { Status: 'Enabled', ExpiredObjectDeleteMarker: true },
      ],
    });
  });

  test('is encrypted with a rotating key of the stack when asked for', () => {
    const template = templateOf('prod', { 'recordings.ownKey': true });

    const [[keyId, key] = []] = Object.entries(resourcesOf(template, 'AWS::KMS::Key'));

    expect(key?.Properties).toMatchObject({ EnableKeyRotation: true });
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
    expect(resource(template, 'RecordingsBucket').Properties.BucketEncryption).toMatchObject({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: { 'Fn::GetAtt': [keyId, 'Arn'] },
          },
        },
      ],
    });
  });
});

describe('the webhook secret', () => {
  test('holds a token that is made at deployment and appears nowhere else', () => {
    expect(resource(prod, 'WebhookSecret').Properties).toMatchObject({
      GenerateSecretString: {
        SecretStringTemplate: '{}',
        GenerateStringKey: 'token',
        PasswordLength: 48,
        ExcludePunctuation: true,
      },
    });
    expect(JSON.stringify(prod)).not.toContain('resolve:secretsmanager');
  });
});

describe('the queues', () => {
  const queueIds = [
    'WebhookRetryQueue',
    'WebhookRetryDeadLetterQueue',
    'QuarantineQueue',
    'CallDecisionsDeadLetterQueue',
  ];

  test.each(queueIds)('%s is encrypted and keeps messages as long as SQS can', (id) => {
    expect(resource(prod, id).Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  test.each(queueIds)('%s answers over TLS alone', (id) => {
    const policies = Object.values(resourcesOf(prod, 'AWS::SQS::QueuePolicy'));

    const policy = policies.find(
      ({ Properties }) => JSON.stringify(Properties.Queues) === `[{"Ref":"${id}"}]`,
    );

    expect(policy?.Properties.PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sqs:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });

  test('events are replayed for an hour before they are put aside', () => {
    expect(resource(prod, 'WebhookRetryQueue').Properties).toMatchObject({
      VisibilityTimeout: 180,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': ['WebhookRetryDeadLetterQueue', 'Arn'] },
        maxReceiveCount: 20,
      },
    });
  });
});
