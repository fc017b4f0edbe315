import { describe, expect, test } from 'vitest';
import { type Flags, Settings } from '../../../../lib/commands/eight-by-eight/settings.ts';
import { readStageDefaults } from '../../../../lib/commands/eight-by-eight/stage-defaults.ts';

const stage = {
  subAccountId: 'of-the-stage',
  baseUrl: 'https://voice.stage.example',
  apiKeySecretName: undefined,
  recordingPrefix: 'calls',
  recordCalls: true,
  voiceProfiles: ['en-GB-Emma'],
};
const bucket = { apiUrl: 'https://api.example/', recordingBucket: 'bucket', recordingRegion: 'eu-west-1' };

const settings = (flags: Flags = {}, environment: Record<string, string> = {}, defaults: object = {}) =>
  new Settings(flags, defaults, environment);

describe('settings', () => {
  test('given on the command line win over those of the stage', () => {
    const given = settings({ subAccount: 'given', voiceProfile: ['da-DK-Naja'] }, {}, stage);

    expect(given.subAccountId).toBe('given');
    expect(given.baseUrl).toBe('https://voice.stage.example');
    expect(given.voiceProfiles).toEqual(['da-DK-Naja', 'en-GB-Emma']);
  });

  test('have the base URL of 8x8 by default', () => {
    expect(settings().baseUrl).toBe('https://voice.8x8.com');
  });

  test('make the webhook URLs from that of the service, with or without a slash at its end', () => {
    const { webhookUrls } = settings({ apiUrl: 'https://api.example/stage/' }).account();

    expect(webhookUrls.VCA).toBe('https://api.example/stage/webhooks/call-action');
    expect(Object.keys(webhookUrls).sort()).toEqual(['VCA', 'VCS', 'VNU', 'VRU', 'VSS']);
  });

  test('want no recording webhook where calls are not recorded', () => {
    const byFlag = settings({ ...bucket, recordings: false }).account();
    const byStage = settings(bucket, {}, { ...stage, recordCalls: false }).account();

    expect(byFlag).toMatchObject({ webhookUrls: { VRU: undefined }, recordingPush: undefined });
    expect(byStage).toMatchObject({ webhookUrls: { VRU: undefined }, recordingPush: undefined });
  });

  test('say where recordings go', () => {
    const { recordingPush } = settings(bucket, {}, stage).account();

    expect(recordingPush).toEqual({
      bucket: 'bucket',
      region: 'eu-west-1',
      prefix: 'calls',
      pathTemplate: '/{bucket}/{prefix}/',
    });
  });

  test('take secrets from the environment', async () => {
    const environment = {
      EIGHT_BY_EIGHT_API_KEY: 'key',
      WEBHOOK_AUTH: 'Bearer x',
      UPLOAD_ACCESS_KEY_ID: 'AKIA1',
      UPLOAD_SECRET_ACCESS_KEY: 'secret',
    };
    const given = settings(bucket, environment);

    const uploadKey = await given.uploadKey();

    expect(await given.apiKey()).toBe('key');
    expect(await given.credentials(uploadKey)).toEqual({
      webhookAuthorization: 'Bearer x',
      recordingPassword: 'secret',
    });
  });

  test('need no upload key where no recordings are pushed', async () => {
    expect(await settings({ apiUrl: 'https://api.example' }).uploadKey()).toBeUndefined();
  });

  test.each([
    ['SUB_ACCOUNT_ID', () => settings().subAccountId],
    ['API_URL', () => settings().account()],
    ['not a URL', () => settings({ apiUrl: 'api.example' }).account()],
    ['RECORDING_REGION', () => settings({ ...bucket, recordingRegion: '' }).account()],
    ['EIGHT_BY_EIGHT_API_KEY', () => settings().apiKey()],
    ['WEBHOOK_AUTH', () => settings().credentials(undefined)],
    ['--upload-key-secret', () => settings(bucket).uploadKey()],
  ])('say what is missing: %s', async (hint, read: () => unknown) => {
    await expect(async () => read()).rejects.toThrow(hint);
  });
});

describe('a stage', () => {
  test('gives its base URL, its prefix and every voice that it names', () => {
    const defaults = readStageDefaults('dev');

    expect(defaults.baseUrl).toMatch(/^https:/);
    expect(defaults.recordingPrefix).not.toBe('');
    expect(defaults.voiceProfiles.length).toBeGreaterThan(0);
  });

  test('that there is not is told', () => {
    expect(() => readStageDefaults('moon')).toThrow('There is no stage "moon"');
  });
});
