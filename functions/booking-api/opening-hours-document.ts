import * as z from 'zod';
import {
  isDate,
  isTimeZone,
  type OpeningHours,
  type OpenSpan,
  parseDays,
  parseOpenSpan,
  type WeekDay,
  weekDays,
} from '../shared/domain/dialogue/opening-hours.ts';

/*
 * Opening hours as they are written in JSON:
 * { "timeZone": "Asia/Singapore", "mon-fri": ["09:00-12:30", "13:30-18:00"], "2026-12-24": ["09:00-12:00"],
 *   "holidays": ["2026-12-25"] }
 */

const spanText = z
  .string('must be a text such as "09:00-12:30"')
  .refine((text) => parseOpenSpan(text) !== undefined, 'must be a part of a day, such as "09:00-12:30"');
const spanTexts = z
  .array(spanText, 'must be a list such as ["09:00-12:30", "13:30-18:00"]')
  .max(10, 'must be at most 10');
const dateText = z
  .string('must be a date')
  .refine(isDate, 'must be a date that exists, such as "2026-12-25"');

/** The hours of a place, read into what the rules know. */
export const openingHours = z
  .object(
    {
      timeZone: z
        .string('must be a time zone, such as "Asia/Singapore"')
        .refine(isTimeZone, 'must be a time zone of the IANA database, such as "Asia/Singapore"'),
      holidays: z
        .array(dateText, 'must be a list of dates')
        .max(200, 'must be at most 200 dates')
        .default([])
        .describe('Dates on which it is closed all day.'),
    },
    'must be an object with "timeZone" and days',
  )
  .catchall(spanTexts)
  .superRefine((document, context) => {
    const { timeZone: _, holidays: __, ...days } = document;
    for (const name of Object.keys(days)) {
      if (parseDays(name) !== undefined || isDate(name)) continue;
      const message = 'must be a day or days such as "mon" or "mon-fri", or a date such as "2026-12-24"';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .transform(toOpeningHours);

function toOpeningHours(document: {
  timeZone: string;
  holidays: string[];
  [days: string]: string | string[];
}): OpeningHours {
  const { timeZone, holidays, ...days } = document;
  const week: Partial<Record<WeekDay, OpenSpan[]>> = {};
  const dates: Record<string, OpenSpan[]> = Object.fromEntries(holidays.map((date) => [date, []]));
  for (const [name, texts] of Object.entries(days)) {
    const spans = [texts].flat().flatMap((text) => parseOpenSpan(text) ?? []);
    for (const day of parseDays(name) ?? []) week[day] = [...(week[day] ?? []), ...spans];
    if (isDate(name)) dates[name] = spans;
  }
  return { timeZone, week, dates };
}

/** The hours in JSON; days with the same hours stand one by one. */
export function presentOpeningHours({ timeZone, week, dates }: OpeningHours): Record<string, unknown> {
  const closed = Object.keys(dates).filter((date) => dates[date]?.length === 0);
  return {
    timeZone,
    ...Object.fromEntries(weekDays.flatMap((day) => (week[day] ? [[day, week[day].map(spanOf)]] : []))),
    ...Object.fromEntries(
      Object.entries(dates).flatMap(([date, spans]) => (spans.length > 0 ? [[date, spans.map(spanOf)]] : [])),
    ),
    ...(closed.length > 0 && { holidays: closed }),
  };
}

function spanOf({ fromMinute, untilMinute }: OpenSpan): string {
  return `${clockText(fromMinute)}-${untilMinute === 24 * 60 ? '24:00' : clockText(untilMinute % (24 * 60))}`;
}

function clockText(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
