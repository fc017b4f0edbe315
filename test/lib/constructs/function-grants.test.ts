import { describe, expect, test } from 'vitest';
import { callIndexes } from '../../../functions/shared/config/call-indexes.ts';
import type { environmentNames } from '../../../functions/shared/config/env-names.ts';
import { grantsOf } from '../../support/infra/grants.ts';
import { resourcesOf, templateOf } from '../../support/infra/synthesized.ts';

/** With the key of an 8x8 account and a receiver of events, whose functions are there only then. */
const prod = templateOf('prod', {
  'eightByEight.subAccountId': 'rapidfare_mask',
  'eightByEight.apiKeySecretName': 'voice/api-key',
  'operations.events.webhookUrl': 'https://hooks.example.com/calls',
});

const logicalIds = {
  'call-action': 'CallActionFunction',
  'call-status': 'CallStatusFunction',
  'session-summary': 'SessionSummaryFunction',
  'recording-uploaded': 'RecordingUploadedFunction',
  'number-updated': 'NumberUpdatedFunction',
  'booking-api': 'BookingApiFunction',
  'booking-follower': 'BookingFollowerFunction',
  'call-decisions': 'CallDecisionsFunction',
  'webhook-retry': 'WebhookRetryFunction',
  'account-setup': 'AccountSetupFunction',
  'number-sync': 'NumberSyncFunction',
  'recording-reconciler': 'RecordingReconcilerFunction',
  'change-publisher': 'ChangePublisherFunction',
  'event-webhook': 'EventWebhookFunction',
} satisfies Record<keyof typeof environmentNames, string>;

const functionNames = Object.entries(logicalIds);

describe('what a function may do', () => {
  test('call-action reads items by their keys and its secret, and sets aside what it cannot read', () => {
    expect(grantsOf(prod, 'CallActionFunction')).toEqual([
      'dynamodb:BatchGetItem CallRoutesTable',
      'dynamodb:BatchGetItem ConversationsTable',
      'dynamodb:GetItem CallRoutesTable',
      'dynamodb:GetItem ConversationsTable',
      'secretsmanager:GetSecretValue WebhookSecret',
      'sqs:SendMessage QuarantineQueue',
    ]);
  });

  test.each(['CallStatusFunction', 'SessionSummaryFunction'])('%s records calls', (id) => {
    expect(grantsOf(prod, id)).toEqual([...CALLS_RECORDED, ...BOOKINGS_FOUND, ...WEBHOOK].sort());
  });

  test('recording-uploaded records calls and looks for the recording', () => {
    expect(grantsOf(prod, 'RecordingUploadedFunction')).toEqual(
      [...CALLS_RECORDED, ...BOOKINGS_FOUND, ...WEBHOOK, ...RECORDINGS_FOUND].sort(),
    );
  });

  test('number-updated changes the pool', () => {
    expect(grantsOf(prod, 'NumberUpdatedFunction')).toEqual(
      [...WEBHOOK, ...items('BookingsTable', ...TRANSACTED)].sort(),
    );
  });

  test('webhook-retry does what the webhooks could not, without their secret', () => {
    expect(grantsOf(prod, 'WebhookRetryFunction')).toEqual(
      [
        ...CALLS_RECORDED,
        ...items('BookingsTable', 'Query', ...TRANSACTED),
        ...RECORDINGS_FOUND,
        'sqs:ChangeMessageVisibility WebhookRetryQueue',
        'sqs:DeleteMessage WebhookRetryQueue',
        'sqs:GetQueueAttributes WebhookRetryQueue',
        'sqs:ReceiveMessage WebhookRetryQueue',
        'sqs:SendMessage QuarantineQueue',
      ].sort(),
    );
  });

  test('call-decisions records decisions and counts them on the claims', () => {
    expect(grantsOf(prod, 'CallDecisionsFunction')).toEqual(
      [
        ...CALLS_RECORDED,
        ...BOOKINGS_FOUND,
        ...items('BookingsTable', 'ConditionCheckItem'),
        ...items('CallRoutesTable', 'GetItem', 'UpdateItem'),
        'sqs:DeleteMessage CallDecisionsRedriveQueue',
        'sqs:GetQueueAttributes CallDecisionsRedriveQueue',
        'sqs:ReceiveMessage CallDecisionsRedriveQueue',
        'sqs:SendMessage CallDecisionsDeadLetterQueue',
      ].sort(),
    );
  });

  test('booking-api manages bookings and claims, reads calls and recordings, and erases people from all of them', () => {
    expect(grantsOf(prod, 'BookingApiFunction')).toEqual(
      [
        ...items('BookingsTable', 'Query', ...TRANSACTED),
        ...items('BookingsTable', 'DeleteItem'),
        ...searches('BookingsTable', 'byReference', 'byVirtualNumber'),
        ...items('CallRoutesTable', 'Query', ...TRANSACTED),
        ...CALLS_RECORDED,
        ...items('CallsTable', 'BatchGetItem'),
        ...searches('CallsTable', ...Object.keys(callIndexes)),
        ...items('CallsTable', 'DeleteItem'),
        ...items('ConversationsTable', 'Query', ...TRANSACTED),
        's3:DeleteObject RecordingsBucket/recordings/*',
        's3:DeleteObjectVersion RecordingsBucket/recordings/*',
        's3:GetObject RecordingsBucket/recordings/*',
        's3:ListBucket RecordingsBucket',
        's3:ListBucketVersions RecordingsBucket',
        API_KEY,
      ].sort(),
    );
  });

  test('booking-follower reads the stream of the bookings, and writes what follows from them', () => {
    expect(grantsOf(prod, 'BookingFollowerFunction')).toEqual(
      [
        ...items('BookingsTable', 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'),
        ...items('BookingsTable', 'Query', ...TRANSACTED),
        ...items('CallRoutesTable', 'Query', ...TRANSACTED),
        'sqs:GetQueueAttributes BookingFollowerDeadLetterQueue',
        'sqs:GetQueueUrl BookingFollowerDeadLetterQueue',
        'sqs:SendMessage BookingFollowerDeadLetterQueue',
      ].sort(),
    );
  });

  test('change-publisher reads the two streams and publishes to its own bus', () => {
    const stream = (table: string) =>
      items(table, 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams');

    expect(grantsOf(prod, 'ChangePublisherFunction')).toEqual(
      [
        ...stream('BookingsTable'),
        ...stream('CallsTable'),
        'events:PutEvents EventBus',
        'sqs:GetQueueAttributes ChangePublisherDeadLetterQueue',
        'sqs:GetQueueUrl ChangePublisherDeadLetterQueue',
        'sqs:SendMessage ChangePublisherDeadLetterQueue',
      ].sort(),
    );
  });

  test('event-webhook works off its queue and reads the secret that it signs with', () => {
    expect(grantsOf(prod, 'EventWebhookFunction')).toEqual([
      'secretsmanager:GetSecretValue EventWebhookSecret',
      'sqs:ChangeMessageVisibility EventWebhookQueue',
      'sqs:DeleteMessage EventWebhookQueue',
      'sqs:GetQueueAttributes EventWebhookQueue',
      'sqs:ReceiveMessage EventWebhookQueue',
    ]);
  });

  test('account-setup reads three secrets and remembers what it registered, and nothing else', () => {
    expect(grantsOf(prod, 'AccountSetupFunction')).toEqual(
      [
        API_KEY,
        'secretsmanager:GetSecretValue RecordingUploadKeySecret',
        'secretsmanager:GetSecretValue WebhookSecret',
        ...['Get', 'Put', 'Delete'].map(
          (verb) =>
            `ssm:${verb}Parameter arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/number-masking/prod/8x8-account`,
        ),
      ].sort(),
    );
  });

  test('number-sync changes the pool and reads the API key', () => {
    expect(grantsOf(prod, 'NumberSyncFunction')).toEqual(
      [
        ...items('BookingsTable', 'Query', ...TRANSACTED),
        ...searches('BookingsTable', 'byReference', 'byVirtualNumber'),
        API_KEY,
      ].sort(),
    );
  });

  test('recording-reconciler records calls, finds recordings and reads the API key', () => {
    const grants = grantsOf(prod, 'RecordingReconcilerFunction');

    expect(grants).toEqual(
      expect.arrayContaining([...CALLS_RECORDED, ...BOOKINGS_FOUND, ...RECORDINGS_FOUND, API_KEY]),
    );
    expect(grants.filter((line) => /BookingsTable|RecordingsBucket/.test(line)).sort()).toEqual(
      [...BOOKINGS_FOUND, ...RECORDINGS_FOUND].sort(),
    );
  });

  test('the user that 8x8 uploads with puts objects into one folder, and nothing else', () => {
    const policies = Object.values(resourcesOf(prod, 'AWS::IAM::Policy')).filter(
      ({ Properties }) => Properties.Users !== undefined,
    );

    expect(policies.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        Users: [{ Ref: 'RecordingUploadUser' }],
        PolicyDocument: expect.objectContaining({
          Statement: [
            {
              Effect: 'Allow',
              Action: 's3:PutObject',
              Resource: {
                'Fn::Join': ['', [{ 'Fn::GetAtt': ['RecordingsBucket', 'Arn'] }, '/recordings/*']],
              },
            },
          ],
        }),
      }),
    ]);
  });

  test('nobody may scan, and nobody has every action or every resource of a service', () => {
    const everything = functionNames.flatMap(([, id]) => grantsOf(prod, id));

    expect(everything.filter((line) => /Scan|:\*| \*$/.test(line))).toEqual([]);
  });
});

const items = (table: string, ...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
const searches = (table: string, ...indexes: string[]) =>
  indexes.map((index) => `dynamodb:Query ${table}/index/${index}`);

const CALLS_RECORDED = items('CallsTable', 'Query', 'PutItem', 'UpdateItem');
const BOOKINGS_FOUND = items('BookingsTable', 'Query', 'GetItem');
const TRANSACTED = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'];
const WEBHOOK = [
  'secretsmanager:GetSecretValue WebhookSecret',
  'sqs:SendMessage QuarantineQueue',
  'sqs:SendMessage WebhookRetryQueue',
];
const API_KEY =
  'secretsmanager:GetSecretValue arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:voice/api-key-??????';
const RECORDINGS_FOUND = ['s3:GetObject RecordingsBucket/recordings/*', 's3:ListBucket RecordingsBucket'];
