/** The days of a week, Monday first, as opening hours name them. */
export const weekDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type WeekDay = (typeof weekDays)[number];

/** A part of a day in minutes from midnight; `untilMinute` beyond 1440 lies in the day after. */
export interface OpenSpan {
  readonly fromMinute: number;
  readonly untilMinute: number;
}

/** When a place is open, by the clock on its wall. */
export interface OpeningHours {
  /** A name of the IANA database, such as `Asia/Singapore`. */
  readonly timeZone: string;
  /** A day that is not named is closed. */
  readonly week: Readonly<Partial<Record<WeekDay, readonly OpenSpan[]>>>;
  /** What holds on a date (`2026-12-24`) instead of its day of the week; no span is a public holiday. */
  readonly dates: Readonly<Record<string, readonly OpenSpan[]>>;
}

const MINUTES_OF_A_DAY = 24 * 60;
const SPAN = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads `09:00-12:30`. One that ends at or before it begins runs past midnight: `18:00-02:00` closes the morning after.
 * @returns undefined for anything else.
 */
export function parseOpenSpan(text: string): OpenSpan | undefined {
  const parts = SPAN.exec(text);
  if (parts === null) return undefined;
  const [, fromHour, fromMinutes, untilHour, untilMinutes] = parts;
  const fromMinute = Number(fromHour) * 60 + Number(fromMinutes);
  const until = untilHour === undefined ? MINUTES_OF_A_DAY : Number(untilHour) * 60 + Number(untilMinutes);
  return { fromMinute, untilMinute: until > fromMinute ? until : until + MINUTES_OF_A_DAY };
}

/** Reads `sat` or `mon-fri`; a range may run over the end of the week. Undefined for anything else. */
export function parseDays(text: string): readonly WeekDay[] | undefined {
  const [first = '', last = first, ...more] = text.split('-');
  const names: readonly string[] = weekDays;
  const from = names.indexOf(first);
  const to = names.indexOf(last);
  if (from === -1 || to === -1 || more.length > 0) return undefined;
  const count = ((to - from + weekDays.length) % weekDays.length) + 1;
  return Array.from({ length: count }, (_, at) => weekDays[(from + at) % weekDays.length] ?? 'mon');
}

/** Whether a text is a date that exists, as `2026-12-25`. */
export function isDate(text: string): boolean {
  const atMs = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** Whether the platform of this program knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether it is open at a moment. The clock on the wall decides, so a change to or from daylight-saving time moves the
 * hours with it; an hour that happens twice is open twice.
 */
export function isOpenAt(hours: OpeningHours, atMs: number): boolean {
  const { date, minute } = wallClock(hours.timeZone, atMs);
  const today = spansOf(hours, date);
  if (today.some(({ fromMinute, untilMinute }) => minute >= fromMinute && minute < untilMinute)) return true;
  // The evening before may not have ended yet.
  const sinceYesterday = minute + MINUTES_OF_A_DAY;
  return spansOf(hours, dayBefore(date)).some(({ untilMinute }) => sinceYesterday < untilMinute);
}

function spansOf({ week, dates }: OpeningHours, date: string): readonly OpenSpan[] {
  if (Object.hasOwn(dates, date)) return dates[date] ?? [];
  // Monday is 1 in JavaScript, Sunday 0.
  const day = weekDays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % weekDays.length];
  return (day && week[day]) ?? [];
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - MINUTES_OF_A_DAY * 60_000).toISOString().slice(0, 10);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The date and the minute of the day that a clock in the time zone shows. */
function wallClock(timeZone: string, atMs: number): { date: string; minute: number } {
  const clock = clocks.get(timeZone) ?? newClock(timeZone);
  clocks.set(timeZone, clock);
  const shown = Object.fromEntries(clock.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    date: `${shown.year?.padStart(4, '0')}-${shown.month}-${shown.day}`,
    minute: Number(shown.hour) * 60 + Number(shown.minute),
  };
}

function newClock(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}
