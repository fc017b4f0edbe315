import { describe, expect, test } from 'vitest';
import { resource, resourcesOf, templateOf } from '../../support/infra/synthesized.ts';

const KEY = {
  'eightByEight.subAccountId': 'rapidfare_mask',
  'eightByEight.apiKeySecretName': 'voice/api-key',
};
const withKey = templateOf('prod', KEY);
const byHand = templateOf('prod');

const driftCheck = (template: typeof withKey) =>
  Object.values(resourcesOf(template, 'AWS::Events::Rule')).filter(({ Properties }) =>
    JSON.stringify(Properties).includes('DriftCheck'),
  );

describe('the account set-up', () => {
  test('is told which account, which secrets, and where the account delivers to', () => {
    expect(resource(withKey, 'EightByEightAccount').Properties).toMatchObject({
      ApiKeySecretName: 'voice/api-key',
      SubAccountId: 'rapidfare_mask',
      BaseUrl: 'https://voice.8x8.com',
      WebhookSecretArn: { Ref: 'WebhookSecret' },
      WebhookUrls: {
        VCA: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] }, '/webhooks/call-action']] },
        VCS: expect.anything(),
        VSS: expect.anything(),
        VRU: expect.anything(),
        VNU: expect.anything(),
      },
      RecordingPush: {
        Region: { Ref: 'AWS::Region' },
        Bucket: { Ref: 'RecordingsBucket' },
        Prefix: 'recordings',
        PathTemplate: '/{bucket}/{prefix}/',
        UploadKeySecretArn: { Ref: 'RecordingUploadKeySecret' },
      },
      VoiceProfiles: ['en-US-BenjaminRUS'],
      TakeOver: 'false',
    });
  });

  test('comes after everything that 8x8 delivers to, and goes before it', () => {
    const { DependsOn } = resource(withKey, 'EightByEightAccount');

    expect(DependsOn).toEqual(expect.arrayContaining(['HttpApi']));
  });

  test('is there without a key as well, to say what is entered by hand', () => {
    expect(resource(byHand, 'EightByEightAccount').Properties).toMatchObject({ ApiKeySecretName: '' });
    expect(byHand.Outputs.AccountSetupSummary?.Value).toEqual({
      'Fn::GetAtt': ['EightByEightAccount', 'Summary'],
    });
    expect(driftCheck(byHand)).toEqual([]);
  });

  test('asks for neither a recording webhook nor a push where recordings are off', () => {
    const template = templateOf('prod', { ...KEY, 'recordings.enabled': false });
    const { Properties } = resource(template, 'EightByEightAccount');

    expect(Object.keys(Object(Properties.WebhookUrls)).sort()).toEqual(['VCA', 'VCS', 'VNU', 'VSS']);
    expect(Properties).not.toHaveProperty('RecordingPush');
    expect(resourcesOf(template, 'AWS::IAM::User')).toEqual({});
  });

  test('is checked every hour with the properties that it was made with', () => {
    const [rule] = driftCheck(withKey);
    const text = JSON.stringify(rule?.Properties);

    expect(rule?.Properties).toMatchObject({ ScheduleExpression: 'rate(1 hour)' });
    expect(text).toContain('rapidfare_mask');
    expect(text).toContain('/webhooks/number-updated');
  });

  test('does not deploy with a key for no sub-account', () => {
    const settings = { 'eightByEight.apiKeySecretName': 'voice/api-key' };

    expect(() => templateOf('prod', settings)).toThrow('the sub-account that the API key is for');
  });
});
