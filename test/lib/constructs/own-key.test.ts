import { describe, expect, test } from 'vitest';
import { grantsOf } from '../../support/infra/grants.ts';
import { resourcesOf, templateOf } from '../../support/infra/synthesized.ts';

const template = templateOf('prod', {
  'operations.ownKey': true,
  'operations.events': { webhookUrl: 'https://events.example.com/' },
});
const KEY = { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] };
const propertiesOf = (type: string) =>
  Object.values(resourcesOf(template, type)).map(({ Properties }) => Properties);

describe('a key of the company, by one setting', () => {
  test.each([
    ['AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: KEY, SSEEnabled: true, SSEType: 'KMS' } }],
    ['AWS::SQS::Queue', { KmsMasterKeyId: KEY }],
    ['AWS::Logs::LogGroup', { KmsKeyId: KEY }],
    ['AWS::SecretsManager::Secret', { KmsKeyId: KEY }],
  ])('encrypts every %s', (type, expected) => {
    const all = propertiesOf(type);

    expect(all.length).toBeGreaterThan(2);
    for (const properties of all) expect(properties).toMatchObject(expected);
  });

  test('encrypts recordings, with no other key beside it', () => {
    const encrypted = propertiesOf('AWS::S3::Bucket').filter((properties) =>
      JSON.stringify(properties.BucketEncryption).includes('EncryptionKey'),
    );

    expect(encrypted).toHaveLength(1);
    expect(Object.keys(resourcesOf(template, 'AWS::KMS::Key'))).toEqual(['EncryptionKey']);
  });

  test.each(['CallActionFunction', 'BookingApiFunction', 'WebhookRetryFunction', 'AccountSetupFunction'])(
    '%s may use it',
    (id) => {
      expect(grantsOf(template, id)).toEqual(
        expect.arrayContaining(['kms:Decrypt EncryptionKey', 'kms:GenerateDataKey EncryptionKey']),
      );
    },
  );

  test('lets CloudWatch write logs and EventBridge fill the queue to the company', () => {
    const policy = JSON.stringify(propertiesOf('AWS::KMS::Key'));

    expect(policy).toContain('events.amazonaws.com');
    expect(policy).toContain('aws:logs:arn');
  });

  test('is not made unless it is asked for', () => {
    expect(resourcesOf(templateOf('prod'), 'AWS::KMS::Key')).toEqual({});
  });
});
