import { UnservableTemplateError } from '../template/assembly.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MINUTE_MS = 60_000;
const LONGEST_LOOK_AHEAD_MINUTES = 366 * 24 * 60;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * When a schedule fires next, in milliseconds since 1970; undefined when it does not within a year.
 * It knows `rate(5 minutes)` and `cron(minute hour day month weekday year)` in UTC with lists, ranges and steps.
 * @throws UnservableTemplateError for any other expression.
 */
export function nextRun(expression: string, afterEpochMs: number): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) return afterEpochMs + Number(rate[1]) * (UNIT_MS[rate[2] ?? ''] ?? 0);
  const cron = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(expression);
  if (cron === null) throw unknownExpression(expression);
  return nextCronRun(cron.slice(1), expression, afterEpochMs);
}

function nextCronRun(
  fields: readonly string[],
  expression: string,
  afterEpochMs: number,
): number | undefined {
  const [minute, hour, day, month, weekday, year] = fields.map((field) => field.toUpperCase());
  const accepts = {
    minute: compileField(minute, 0, 59, [], expression),
    hour: compileField(hour, 0, 23, [], expression),
    day: compileField(day, 1, 31, [], expression),
    month: compileField(month, 1, 12, MONTHS, expression),
    weekday: compileField(weekday, 1, 7, WEEKDAYS, expression),
    year: compileField(year, 1970, 2199, [], expression),
  };
  const firstMinute = Math.floor(afterEpochMs / MINUTE_MS) + 1;
  for (let minutes = firstMinute; minutes < firstMinute + LONGEST_LOOK_AHEAD_MINUTES; minutes += 1) {
    const time = new Date(minutes * MINUTE_MS);
    const fits =
      accepts.minute(time.getUTCMinutes()) &&
      accepts.hour(time.getUTCHours()) &&
      accepts.day(time.getUTCDate()) &&
      accepts.month(time.getUTCMonth() + 1) &&
      accepts.weekday(time.getUTCDay() + 1) &&
      accepts.year(time.getUTCFullYear());
    if (fits) return time.getTime();
  }
  return undefined;
}

/** @param names of the values, first value first; a field may use them instead of numbers. */
function compileField(
  field: string | undefined,
  lowest: number,
  highest: number,
  names: readonly string[],
  expression: string,
): (value: number) => boolean {
  if (field === undefined || field === '*' || field === '?') return () => true;
  const accepted = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range.split('-');
    const start = from === '*' ? lowest : readValue(from, lowest, names, expression);
    const open = part.includes('/') || from === '*' ? highest : start;
    const end = to === undefined ? open : readValue(to, lowest, names, expression);
    for (let value = start; value <= end; value += Number(step)) accepted.add(value);
  }
  return (value) => accepted.has(value);
}

function readValue(text: string, lowest: number, names: readonly string[], expression: string): number {
  const named = names.indexOf(text);
  if (named >= 0) return named + lowest;
  if (/^\d+$/.test(text)) return Number(text);
  throw unknownExpression(expression);
}

function unknownExpression(expression: string): UnservableTemplateError {
  return new UnservableTemplateError(`The local cloud does not know the schedule ${expression}.`);
}
