import { expect, test } from 'vitest';
import { nextRun } from '../../../../lib/local-cloud/event-bridge/schedule-expression.ts';

const saturday = Date.parse('2026-11-21T10:07:30Z');

test.each([
  ['rate(5 minutes)', '2026-11-21T10:12:30Z'],
  ['rate(1 day)', '2026-11-22T10:07:30Z'],
  ['cron(0 3 * * ? *)', '2026-11-22T03:00:00Z'],
  ['cron(0/15 * * * ? *)', '2026-11-21T10:15:00Z'],
  ['cron(*/20 * * * ? *)', '2026-11-21T10:20:00Z'],
  ['cron(30 9 ? * MON-FRI *)', '2026-11-23T09:30:00Z'],
  ['cron(0 0 1 JAN,JUL ? *)', '2027-01-01T00:00:00Z'],
  ['cron(8 10 * * ? 2026)', '2026-11-21T10:08:00Z'],
])('%s runs next at %s', (expression, expected) => {
  expect(nextRun(expression, saturday)).toBe(Date.parse(expected));
});

test('a schedule in the past does not run again', () => {
  expect(nextRun('cron(0 0 1 1 ? 2020)', saturday)).toBeUndefined();
});

test.each(['at(2026-12-01T00:00:00)', 'cron(0 0 L * ? *)', 'rate(5 fortnights)'])(
  '%s is refused',
  (expression) => {
    expect(() => nextRun(expression, saturday)).toThrow('does not know the schedule');
  },
);
