import { describe, expect, test } from 'vitest';
import { templateOf } from '../support/infra/synthesized.ts';

/** Settings that bring resources of their own, so that these are reviewed, too. */
const EVERYTHING = {
  'eightByEight.subAccountId': 'rapidfare_mask',
  'eightByEight.apiKeySecretName': 'voice/api-key',
  'recordings.ownKey': true,
  'recordings.colderAfterDays': 30,
  'recordings.prefix': 'voice/recordings',
  'operations.alarmEmail': 'oncall@example.com',
  'callAction.provisionedConcurrency': { min: 1, max: 5 },
  'callAction.reservedConcurrency': 20,
  'api.auth': { issuer: 'https://login.example.com/', audience: ['bookings'] },
  'api.customDomain': {
    name: 'calls.example.com',
    certificateArn:
      'arn:aws:acm:ap-southeast-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f',
    hostedZone: { id: 'Z0123456789', name: 'example.com' },
  },
};

describe('the schemas of CloudFormation and the rules of cdk-nag', () => {
  test.each([
    ['dev', {}],
    ['prod', {}],
    ['prod', EVERYTHING],
    ['prod', { ...EVERYTHING, 'operations.ownKey': true, 'operations.terminationProtection': true }],
    ['dev', { ...EVERYTHING, 'operations.architecture': 'x86_64' }],
  ] as const)('find nothing unexplained on stage %s with %o', (stage, settings) => {
    expect(() => templateOf(stage, settings, { checked: true })).not.toThrow();
  });
});
