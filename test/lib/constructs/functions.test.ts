import { describe, expect, test } from 'vitest';
import { environmentNames } from '../../../functions/shared/config/env-names.ts';
import {
  environmentOf,
  functionOf,
  resource,
  resourcesOf,
  templateOf,
} from '../../support/infra/synthesized.ts';

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

describe('every function', () => {
  test('has the logical id that people type', () => {
    const ofTheCdk = /^(AccountSetupProvider|AWS[0-9a-f]{32}|CustomS3AutoDelete)/;

    expect(
      Object.keys(resourcesOf(prod, 'AWS::Lambda::Function'))
        .filter((id) => !ofTheCdk.test(id))
        .sort(),
    ).toEqual(Object.values(logicalIds).sort());
  });

  test.each(functionNames)(
    '%s is found by its logical id where a tool goes by the construct path',
    (_, id) => {
      const path = String(resource(prod, id).Metadata?.['aws:cdk:path']);

      expect(path.split('/').at(-2)).toBe(id);
    },
  );

  test('runs on x86 where the configuration says so', () => {
    const template = templateOf('prod', { 'operations.architecture': 'x86_64' });

    expect(functionOf(template, 'CallActionFunction')).toMatchObject({ Architectures: ['x86_64'] });
  });

  test.each(functionNames)('%s runs on Node 24 and arm64, from an ES module', (_, id) => {
    expect(functionOf(prod, id)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  test.each(functionNames)('%s has exactly the environment that it reads', (name, id) => {
    const contract = Object.entries(environmentNames).find(([folder]) => folder === name)?.[1] ?? [];

    const { NODE_OPTIONS: _, ...variables } = environmentOf(prod, id);

    expect(Object.keys(variables).sort()).toEqual([...contract].sort());
  });

  test.each(functionNames)('%s logs raw lines into a group of its own that forgets', (_, id) => {
    const { LoggingConfig } = functionOf(prod, id);

    expect(LoggingConfig).toMatchObject({ LogFormat: 'Text' });
    expect(resource(prod, LoggingConfig.LogGroup.Ref).Properties).toMatchObject({ RetentionInDays: 30 });
  });
});

describe('triggers', () => {
  test('decisions come from the log of call-action, filtered by their code', () => {
    const [subscription] = Object.values(resourcesOf(prod, 'AWS::Logs::SubscriptionFilter'));

    expect(subscription?.Properties).toMatchObject({
      LogGroupName: functionOf(prod, 'CallActionFunction').LoggingConfig.LogGroup,
      FilterPattern: '{ $.code = "CALL_DECIDED" }',
      DestinationArn: { 'Fn::GetAtt': ['CallDecisionsFunction', 'Arn'] },
    });
  });

  test('decisions that cannot be stored are kept', () => {
    expect(functionOf(prod, 'CallDecisionsFunction')).toMatchObject({
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['CallDecisionsDeadLetterQueue', 'Arn'] } },
    });
  });

  test('events to be replayed come in tens, and only the failed ones come back', () => {
    const mapping = Object.values(resourcesOf(prod, 'AWS::Lambda::EventSourceMapping')).find(
      ({ Properties }) => JSON.stringify(Properties).includes('"WebhookRetryFunction"'),
    );

    expect(mapping?.Properties).toEqual({
      EventSourceArn: { 'Fn::GetAtt': ['WebhookRetryQueue', 'Arn'] },
      FunctionName: { Ref: 'WebhookRetryFunction' },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('recordings have no webhook where they are switched off, and what is stored stays', () => {
    const template = templateOf('dev', { 'recordings.enabled': false });

    expect(template.Resources).not.toHaveProperty('RecordingUploadedFunction');
    expect(template.Resources).toHaveProperty('RecordingsBucket');
  });
});

describe('the call-action function', () => {
  test('is given the configured memory, and time beyond the deadline of the caller', () => {
    const template = templateOf('dev', { 'callAction.memoryMb': 2048, 'callers.deadlineMs': 1500 });

    expect(functionOf(template, 'CallActionFunction')).toMatchObject({ MemorySize: 2048, Timeout: 4 });
    expect(environmentOf(template, 'CallActionFunction')).toMatchObject({ CALL_DEADLINE_MS: '1500' });
  });

  test('does not pay for reading source maps when it starts', () => {
    expect(environmentOf(prod, 'CallActionFunction')).not.toHaveProperty('NODE_OPTIONS');
    expect(environmentOf(prod, 'BookingApiFunction')).toHaveProperty('NODE_OPTIONS', '--enable-source-maps');
  });

  test('carries the messages of the callers, those of a country included', () => {
    const message = { say: 'Maaf.', voiceProfile: 'id-ID-Andika', speed: 0.9 };

    const template = templateOf('dev', {
      'callers.messages.byCountry.ID.unknown-caller': message,
      'callers.messages.default.blocked': { hangUp: true },
    });

    const messages = JSON.parse(String(environmentOf(template, 'CallActionFunction').CALLER_MESSAGES));
    expect(messages.byCountry).toEqual({ ID: { 'unknown-caller': message } });
    expect(messages.default.blocked).toEqual({ hangUp: true });
    expect(messages.default['service-unavailable'].voiceProfile).toBe('en-US-BenjaminRUS');
  });

  test.each([
    ['off', ''],
    ['published', '18.140.80.2,52.220.253.234,54.255.116.8,52.74.232.241'],
    [['192.0.2.1', '192.0.2.2'], '192.0.2.1,192.0.2.2'],
  ])('accepts webhooks from %s', (allowedSourceIps, expected) => {
    const template = templateOf('dev', { 'eightByEight.allowedSourceIps': allowedSourceIps });

    expect(environmentOf(template, 'CallActionFunction').ALLOWED_SOURCE_IPS).toBe(expected);
    expect(environmentOf(template, 'CallStatusFunction').ALLOWED_SOURCE_IPS).toBe(expected);
  });

  test('has no alias, and so no version per deployment, unless it is kept warm', () => {
    expect(resourcesOf(prod, 'AWS::Lambda::Alias')).toEqual({});
    expect(resourcesOf(prod, 'AWS::Lambda::Version')).toEqual({});
  });

  test('is kept warm behind an alias that scales with the load', () => {
    const template = templateOf('prod', {
      'callAction.provisionedConcurrency': { min: 2, max: 10 },
      'callAction.reservedConcurrency': 50,
    });

    const [[aliasId, alias] = []] = Object.entries(resourcesOf(template, 'AWS::Lambda::Alias'));
    const [target] = Object.values(resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget'));
    const [policy] = Object.values(resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalingPolicy'));
    const integrations = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Integration'));

    expect(alias?.Properties).toMatchObject({
      Name: 'live',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
    expect(target?.Properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 10 });
    expect(policy?.Properties).toMatchObject({
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 0.7 },
    });
    expect(functionOf(template, 'CallActionFunction')).toMatchObject({ ReservedConcurrentExecutions: 50 });
    expect(integrations.map(({ Properties }) => Properties.IntegrationUri)).toContainEqual({ Ref: aliasId });
  });
});

const items = (table: string, ...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
const _searches = (table: string, ...indexes: string[]) =>
  indexes.map((index) => `dynamodb:Query ${table}/index/${index}`);

const _CALLS_RECORDED = items(
  'CallsTable',
  'Query',
  'GetItem',
  'PutItem',
  'UpdateItem',
  'ConditionCheckItem',
);
const _BOOKINGS_FOUND = items('BookingsTable', 'Query', 'GetItem');
const _TRANSACTED = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'];
const _WEBHOOK = [
  'secretsmanager:GetSecretValue WebhookSecret',
  'sqs:SendMessage QuarantineQueue',
  'sqs:SendMessage WebhookRetryQueue',
];
const _API_KEY =
  'secretsmanager:GetSecretValue arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:voice/api-key-??????';
const _RECORDINGS_FOUND = ['s3:GetObject RecordingsBucket/recordings/*', 's3:ListBucket RecordingsBucket'];
