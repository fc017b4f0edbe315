import { describe, expect, test } from 'vitest';
import { resource, resourcesOf, templateOf } from '../../support/infra/synthesized.ts';

const prod = templateOf('prod');
const dev = templateOf('dev');

const tableIds = ['CallRoutesTable', 'BookingsTable', 'CallsTable'];
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
    expect(resource(prod, id).Properties).toMatchObject({ DeletionProtectionEnabled: true });
    expect(resource(prod, id)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test.each(tableIds)('%s goes with the stack where the configuration says so', (id) => {
    expect(resource(dev, id).Properties).toMatchObject({ DeletionProtectionEnabled: false });
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
      index('byCreationMonth', 'creationMonth', 'bookingOrder'),
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
    expect(key).toMatchObject({ DeletionPolicy: 'Retain' });
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
