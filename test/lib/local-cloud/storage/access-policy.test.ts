import { describe, expect, test } from 'vitest';
import { isAllowed, s3AccessOf } from '../../../../lib/local-cloud/storage/access-policy.ts';

const uploadOnly = [
  {
    effect: 'Allow' as const,
    actions: ['s3:PutObject*', 's3:Abort*'],
    resources: ['arn:aws:s3:::calls/recordings/*'],
  },
];

describe('a policy', () => {
  test.each([
    ['PUT', '/calls/recordings/a.mp3', true],
    ['PUT', '/calls/recordings/a.mp3?partNumber=1&uploadId=u', true],
    ['DELETE', '/calls/recordings/a.mp3?uploadId=u', true],
    ['PUT', '/calls/recordings', false],
    ['PUT', '/calls/other/a.mp3', false],
    ['PUT', '/other/recordings/a.mp3', false],
    ['GET', '/calls/recordings/a.mp3', false],
    ['HEAD', '/calls/recordings/a.mp3', false],
    ['DELETE', '/calls/recordings/a.mp3', false],
    ['GET', '/calls?list-type=2', false],
    ['GET', '/', false],
  ])('for uploads under one prefix decides %s %s: %s', (method, url, expected) => {
    expect(isAllowed(uploadOnly, s3AccessOf(method, url))).toBe(expected);
  });

  test('that denies wins over one that allows', () => {
    const statements = [
      { effect: 'Allow' as const, actions: ['s3:*'], resources: ['*'] },
      { effect: 'Deny' as const, actions: ['s3:DeleteObject'], resources: ['*'] },
    ];

    expect(isAllowed(statements, s3AccessOf('GET', '/calls/a'))).toBe(true);
    expect(isAllowed(statements, s3AccessOf('DELETE', '/calls/a'))).toBe(false);
  });
});
