import { expect, test } from 'vitest';
import { parseEnv } from '../../../../functions/shared/config/parse-env.ts';

test('gives exactly what the function reads', () => {
  const env = parseEnv('call-decisions', {
    CALLS_TABLE: 'calls',
    CALL_ROUTES_TABLE: 'routes',
    BOOKINGS_TABLE: 'bookings',
    CALL_RETENTION_DAYS: '400',
    HOME: '/root',
  });

  expect(env).toEqual({
    CALLS_TABLE: 'calls',
    CALL_ROUTES_TABLE: 'routes',
    BOOKINGS_TABLE: 'bookings',
    CALL_RETENTION_DAYS: '400',
  });
});

test('names everything that is missing at once; an empty value is not missing', () => {
  expect(() => parseEnv('call-decisions', { CALLS_TABLE: '', BOOKINGS_TABLE: 'bookings' })).toThrow(
    'The function call-decisions needs these environment variables: CALL_ROUTES_TABLE, CALL_RETENTION_DAYS.',
  );
});

test('says what is missing where the SAM CLI was given the template of a deployment', () => {
  const samLocal = { AWS_SAM_LOCAL: 'true', CALL_ROUTES_TABLE: 'CallRoutesTable' };

  expect(() => parseEnv('call-action', samLocal)).toThrow('run "npm run sam -- call-action" instead');
});
