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
