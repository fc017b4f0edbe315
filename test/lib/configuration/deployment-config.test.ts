import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../lib/bundling.ts';
import { ConfigurationError } from '../../../lib/configuration/configuration-error.ts';
import { readDeploymentConfig } from '../../../lib/configuration/deployment-config.ts';

/** The message that a wrong configuration stops with. */
function complaintAbout(context: Readonly<Record<string, unknown>>): string {
  try {
    readDeploymentConfig(context);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'nothing';
}

describe('a stage', () => {
  test('is dev unless another one is asked for', () => {
    expect(readDeploymentConfig({}).stage).toBe('dev');
    expect(readDeploymentConfig({ stage: 'prod' }).stage).toBe('prod');
  });

  test('that does not exist is refused with the ones that do', () => {
    expect(complaintAbout({ stage: 'production' })).toBe(
      'There is no stage "production": use -c stage=… with one of local, dev, prod.',
    );
  });

  test('has its own settings, and defaults for the rest', () => {
    const stages = { dev: { bookings: { sticky: true } }, prod: { bookings: { coolDownSeconds: 60 } } };

    expect(readDeploymentConfig({ stages, stage: 'prod' }).bookings).toEqual({
      defaultSeconds: 7200,
      longestSeconds: 30 * 86_400,
      coolDownSeconds: 60,
      leastCoolDownSeconds: 300,
      numbering: 'shared',
      sticky: false,
      limits: { maxCalls: 100 },
    });
  });

  test('is read from an object, or not at all', () => {
    expect(complaintAbout({ stages: { dev: 'fast' } })).toContain('one object per stage');
  });
});

describe('-c group.setting=value', () => {
  test('takes numbers, truth values, lists and objects for what they are', () => {
    const config = readDeploymentConfig({
      'bookings.coolDownSeconds': '0',
      'bookings.sticky': 'true',
      'eightByEight.allowedSourceIps': '["192.0.2.1"]',
      'api.auth': '{"issuer":"https://login.example.com/","audience":["bookings"]}',
      'callAction.provisionedConcurrency.min': '1',
      'callAction.provisionedConcurrency.max': '3',
      'callAction.provisionedConcurrency.targetUtilization': '0.5',
    });

    expect(config.bookings).toMatchObject({ coolDownSeconds: 0, sticky: true });
    expect(config.eightByEight.allowedSourceIps).toEqual(['192.0.2.1']);
    expect(config.api.auth).toMatchObject({ issuer: 'https://login.example.com/', audience: ['bookings'] });
    expect(config.callAction.provisionedConcurrency).toEqual({ min: 1, max: 3, targetUtilization: 0.5 });
  });

  test.each(['12345', '007', '1e5', '12345678901234567890'])(
    'keeps a text that looks like the number %s',
    (id) => {
      expect(readDeploymentConfig({ 'eightByEight.subAccountId': id }).eightByEight.subAccountId).toBe(id);
    },
  );

  test('wins over the stage, and leaves the rest of its group alone', () => {
    const stages = { dev: { bookings: { coolDownSeconds: 60, sticky: true } } };

    expect(readDeploymentConfig({ stages, 'bookings.coolDownSeconds': '5' }).bookings).toMatchObject({
      coolDownSeconds: 5,
      sticky: true,
    });
  });

  test.each(['https://voice.example.com/', 'http://127.0.0.1:3001'])('lets 8x8 be reached at %s', (url) => {
    const { baseUrl } = readDeploymentConfig({ 'eightByEight.baseUrl': url }).eightByEight;

    expect(`${baseUrl}/api`).toBe(new URL('/api', url).href);
  });

  test('takes a setting back to its default with null', () => {
    const stages = { dev: { operations: { alarmEmail: 'oncall@example.com' } } };

    expect(readDeploymentConfig({ stages, 'operations.alarmEmail': 'null' }).operations).not.toHaveProperty(
      'alarmEmail',
    );
  });

  test('leaves the context of the CDK alone', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:bundling-stacks': ['**'],
      'cli-telemetry': false,
    };

    expect(complaintAbout(context)).toBe('nothing');
  });
});

describe('a wrong configuration', () => {
  test('is refused with every wrong path, what was given and what would be right', () => {
    const complaint = complaintAbout({
      bookins: '{}',
      'bookings.coolDownSeconds': 'soon',
      'bookings.sticky': 'yes',
      'bookings.longest': '5',
      'eightByEight.allowedSourceIps': '["192.0.2.1","192.0.2.256"]',
      'api.auth': 'none',
      'operations.retentionDays.logs': '8',
      callAction: '5',
    });

    expect(complaint.split('\n').slice(2).sort()).toEqual([
      '  api.auth: given "none", right would be "iam" or a JWT issuer; "none" is for stage local alone',
      '  bookings.coolDownSeconds: given "soon", right would be a whole number of seconds from 0 to 2592000',
      '  bookings.longest: no such setting; there are defaultSeconds, longestSeconds, coolDownSeconds, leastCoolDownSeconds, numbering, sticky, limits',
      '  bookings.sticky: given "yes", right would be true or false',
      '  bookins: no such setting; there are eightByEight, bookings, numbers, callers, misuse, callAction, recordings, api, operations',
      '  callAction: given 5, right would be an object of settings',
      '  eightByEight.allowedSourceIps.1: given "192.0.2.256", right would be an IPv4 address',
      expect.stringMatching(
        /^ {2}operations\.retentionDays\.logs: given 8, right would be one of 1, 3, 5, 7, /,
      ),
    ]);
  });

  test.each([
    [
      { 'bookings.defaultSeconds': 7200, 'bookings.longestSeconds': 3600 },
      'bookings.defaultSeconds: given 7200, right would be at most bookings.longestSeconds',
    ],
    [
      { 'recordings.keepDays': 30, 'recordings.colderAfterDays': 30 },
      'recordings.colderAfterDays: given 30, right would be fewer days than recordings.keepDays',
    ],
    [
      { 'callAction.provisionedConcurrency': { min: 5, max: 2 } },
      'callAction.provisionedConcurrency.max: given 2, right would be at least as much as "min"',
    ],
    [
      { 'callAction.provisionedConcurrency': { min: 2, max: 9 }, 'callAction.reservedConcurrency': 5 },
      'callAction.reservedConcurrency: given 5, right would be at least as much as provisionedConcurrency.max',
    ],
    [
      {
        'operations.alarmEmail': 'a@example.com',
        'operations.alarmTopicArn': 'arn:aws:sns:eu-west-1:123456789012:t',
      },
      'operations.alarmTopicArn: given "arn:aws:sns:eu-west-1:123456789012:t", right would be absent when operations.alarmEmail is given',
    ],
  ])('is refused where two settings contradict each other: %o', (context, complaint) => {
    expect(complaintAbout(context)).toContain(complaint);
  });

  test.each([
    ['eightByEight.baseUrl', 'http://voice.8x8.com', 'an https URL, or an http URL of this machine'],
    ['eightByEight.baseUrl', 'voice.8x8.com', 'an https URL, or an http URL of this machine'],
    ['eightByEight.subAccountId', 'a b', 'the id of a sub-account, 3 to 50 characters'],
    ['eightByEight.prices.currency', 'dollars', 'a currency such as "SGD"'],
    ['eightByEight.prices.inboundPerMinute', '-1', 'a number from 0 to 1000'],
    ['eightByEight.allowedSourceIps', 'some', '"off", "published" or a list of IPv4 addresses'],
    ['callers.deadlineMs', '60000', 'a whole number of milliseconds from 200 to 5000'],
    ['recordings.prefix', '/recordings/', 'a folder name without leading or trailing slash'],
    ['api.auth', 'basic', '"iam" or { "issuer": "https://…", "audience": ["…"] }'],
    ['api.auth.audience', '[]', 'at least one audience'],
    ['operations.removalPolicy', 'keep', '"retain" or "destroy"'],
  ])('names what would be right for %s', (setting, value, right) => {
    expect(complaintAbout({ [setting]: value })).toContain(`, right would be ${right}`);
  });

  test('stops the synthesis with the message alone', () => {
    const synthesis = spawnSync(process.execPath, [path.join(projectRoot, 'bin', 'app.ts')], {
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ 'bookings.coolDownSeconds': 'soon' }) },
      encoding: 'utf8',
    });

    expect(synthesis.status).toBe(1);
    expect(synthesis.stdout).toBe('');
    expect(synthesis.stderr.trim().split('\n')).toEqual([
      'The configuration of stage "dev" cannot be used:',
      '',
      '  bookings.coolDownSeconds: given "soon", right would be a whole number of seconds from 0 to 2592000',
    ]);
  });
});

describe('messages for callers', () => {
  const message = (fields: object) => ({ 'callers.messages.default.blocked': fields });

  test('have a polite default for every case', () => {
    const { messages } = readDeploymentConfig({}).callers;

    expect(Object.keys(messages.default)).toEqual([
      'unknown-caller',
      'booking-ended',
      'replaced',
      'booking-expired',
      'anonymous-caller',
      'unreadable-caller',
      'number-unknown',
      'blocked',
      'limit-reached',
      'direction-not-allowed',
      'service-unavailable',
    ]);
    for (const spoken of Object.values(messages.default)) {
      expect(spoken).toEqual({
        say: expect.stringMatching(/^Sorry, .+ Goodbye\.$/),
        voiceProfile: 'en-US-BenjaminRUS',
      });
    }
  });

  test.each([[{ say: 'Bye.', voiceProfile: 'en-GB-Emma', speed: 0.5, repetition: 3 }], [{ hangUp: true }]])(
    'may be %o',
    (fields) => {
      expect(readDeploymentConfig(message(fields)).callers.messages.default.blocked).toEqual(fields);
    },
  );

  test.each([
    [
      { say: 'x'.repeat(3001), voiceProfile: 'en-GB-Emma' },
      'blocked.say: given',
      'a text of at most 3000 characters',
    ],
    [{ say: '  ', voiceProfile: 'en-GB-Emma' }, 'blocked.say: given', 'a text that is not empty'],
    [{ say: 'Bye.' }, 'blocked.voiceProfile: given nothing', 'the code of a voice profile'],
    [
      { say: 'Bye.', voiceProfile: 'en-GB-Emma', speed: 3 },
      'blocked.speed: given 3',
      'a number from 0.5 to 2',
    ],
    [{ say: 'Bye.', voiceProfile: 'en-GB-Emma', repetition: 4 }, 'blocked.repetition: given 4', '1, 2 or 3'],
    [{ hangUp: false }, 'blocked.hangUp: given false', 'true'],
  ])('may not be %o', (fields, given, right) => {
    const complaint = complaintAbout(message(fields));

    expect(complaint).toContain(`callers.messages.default.${given}`);
    expect(complaint).toContain(`right would be ${right}`);
  });

  test('are given per country by the code of the country, for known cases', () => {
    const complaint = complaintAbout({
      'callers.messages.byCountry.id.blocked': { hangUp: true },
      'callers.messages.byCountry.ID.busy': { hangUp: true },
    });

    expect(complaint).toContain('byCountry.ID.busy: no such setting');
    expect(complaint).toContain('right would be a country as two capital letters, such as "ID"');
  });

  test('have to fit into the environment of a Lambda', () => {
    const long = { say: 'Maaf. '.repeat(200), voiceProfile: 'id-ID-Andika' };

    const complaint = complaintAbout({
      'callers.messages.byCountry.ID': { blocked: long, 'unknown-caller': long },
    });

    expect(complaint).toMatch(
      /callers\.messages: given .+ right would be at most 3096 bytes as JSON together with the defaults \(these take \d{4}\)/,
    );
  });
});
