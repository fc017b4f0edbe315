import { describe, expect, test } from 'vitest';
import { resourcesOf, templateOf } from '../../../support/infra/synthesized.ts';

const prod = templateOf('prod');
const alarms = Object.entries(resourcesOf(prod, 'AWS::CloudWatch::Alarm'));

describe('alarms', () => {
  test('watch calls, the API, the account, and every queue in which messages wait for a person', () => {
    const watched = alarms.map(([, { Properties }]) =>
      JSON.stringify([Properties.MetricName, Properties.Dimensions]),
    );

    expect(watched.sort()).toEqual(
      [
        ['Errors', [{ Name: 'FunctionName', Value: { Ref: 'CallActionFunction' } }]],
        ['Throttles', [{ Name: 'FunctionName', Value: { Ref: 'CallActionFunction' } }]],
        ['Errors', [{ Name: 'FunctionName', Value: { Ref: 'AccountSetupFunction' } }]],
        ...[
          'AccountDrift',
          'BookingRefused',
          'CallActionDurationMs',
          'CallFallback',
          'PoolUsedPercent',
          'ScannerFound',
          'WebhookFromUnknownAddress',
          'WebhookThrottled',
          'WebhookUnauthenticated',
        ].map((name) => [name, undefined]),
        ['IteratorAge', [{ Name: 'FunctionName', Value: { Ref: 'ChangePublisherFunction' } }]],
        ['IteratorAge', [{ Name: 'FunctionName', Value: { Ref: 'BookingFollowerFunction' } }]],
        [
          'ApproximateAgeOfOldestMessage',
          [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['WebhookRetryQueue', 'QueueName'] } }],
        ],
        ['5xx', [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }]],
        ...[
          'WebhookRetryDeadLetterQueue',
          'CallDecisionsDeadLetterQueue',
          'QuarantineQueue',
          'ChangePublisherDeadLetterQueue',
          'BookingFollowerDeadLetterQueue',
        ].map((id) => [
          'ApproximateNumberOfMessagesVisible',
          [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        ]),
      ]
        .map((metric) => JSON.stringify(metric))
        .sort(),
    );
  });

  test.each(alarms)(
    '%s says how bad it is, what it means, what to do first and where to read on',
    (_, { Properties }) => {
      expect(Properties.AlarmDescription).toMatch(
        /^Severity (high|low)\. .+\. First: [A-Z`].+\. More: lib\/constructs\/watching\/README\.md#alarm-[a-z-]+$/,
      );
      expect(String(Properties.AlarmDescription).length).toBeLessThan(500);
      expect(Properties.TreatMissingData).toBe('notBreaching');
    },
  );

  test('are sent to the configured address', () => {
    const template = templateOf('prod', { 'operations.alarmEmail': 'oncall@example.com' });

    const [topicId] = Object.keys(resourcesOf(template, 'AWS::SNS::Topic'));
    const [subscription] = Object.values(resourcesOf(template, 'AWS::SNS::Subscription'));

    expect(subscription?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'oncall@example.com' });
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))) {
      expect(Properties.AlarmActions).toEqual([{ Ref: topicId }]);
      expect(Properties.OKActions).toEqual([{ Ref: topicId }]);
    }
  });

  test('are sent to a topic that exists already', () => {
    const alarmTopicArn = 'arn:aws:sns:ap-southeast-1:123456789012:oncall';
    const template = templateOf('prod', { 'operations.alarmTopicArn': alarmTopicArn });

    expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual({});
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))) {
      expect(Properties.AlarmActions).toEqual([alarmTopicArn]);
    }
  });
});

describe('outputs', () => {
  test('give everything that is entered by hand at 8x8', () => {
    const template = templateOf('prod', {
      'eightByEight.subAccountId': 'rapid&fare',
      'eightByEight.apiKeySecretName': 'voice/api-key',
    });

    expect(Object.keys(template.Outputs).sort()).toEqual([
      'AccountSetupStatus',
      'AccountSetupSummary',
      'ApiUrl',
      'CallActionWebhookUrl',
      'CallStatusWebhookUrl',
      'NumberUpdatedWebhookUrl',
      'RecordingUploadKeySecretArn',
      'RecordingUploadUserName',
      'RecordingUploadedWebhookUrl',
      'RecordingsBucketName',
      'RegisterByHand',
      'SessionSummaryWebhookUrl',
      'WebhookSecretArn',
    ]);
    expect(template.Outputs.CallActionWebhookUrl?.Value).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] }, '/webhooks/call-action']],
    });
    expect(template.Outputs.RegisterByHand?.Value).toContain(
      'POST https://voice.8x8.com/api/v1/subaccounts/rapid%26fare/webhooks',
    );
    expect(template.Outputs.RegisterByHand?.Value).toContain('voice/api-key');
  });
});

describe('the template as a whole', () => {
  test('changes only on purpose', () => {
    expect(prod).toMatchSnapshot();
  });
});
