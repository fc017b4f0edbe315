import { describe, expect, test } from 'vitest';
import {
  isDate,
  isOpenAt,
  isTimeZone,
  type OpeningHours,
  parseDays,
  parseOpenSpan,
} from '../../../../../functions/shared/domain/dialogue/opening-hours.ts';
import { span } from './menus.ts';

const office: OpeningHours = {
  timeZone: 'Europe/Berlin',
  week: {
    mon: [span('09:00-12:30'), span('13:30-18:00')],
    sat: [span('10:00-14:00')],
    sun: [span('00:00-24:00')],
  },
  dates: { '2026-10-26': [], '2026-12-21': [span('09:00-12:00')] },
};
const at = (text: string) => isOpenAt(office, Date.parse(text));

describe('opening hours', () => {
  test.each([
    ['2026-11-02T08:59:59+01:00', false],
    ['2026-11-02T09:00:00+01:00', true],
    ['2026-11-02T12:29:59+01:00', true],
    ['2026-11-02T12:30:00+01:00', false],
    ['2026-11-02T13:30:00+01:00', true],
    ['2026-11-02T18:00:00+01:00', false],
    ['2026-11-03T10:00:00+01:00', false],
    ['2026-11-07T13:59:00+01:00', true],
  ])('hold to the minute by the clock on the wall: %s', (text, open) => expect(at(text)).toBe(open));

  test('move with the change to and from daylight-saving time', () => {
    // Nine in the morning in Berlin is 07:00 UTC in summer and 08:00 UTC in winter.
    expect(at('2026-10-19T07:00:00Z')).toBe(true);
    expect(at('2026-11-02T07:00:00Z')).toBe(false);
    expect(at('2026-11-02T08:00:00Z')).toBe(true);
    expect(at('2027-03-29T07:00:00Z')).toBe(true);
  });

  test('hold through the hour that happens twice, and the one that does not happen', () => {
    for (const hour of ['00:30', '01:30', '02:30']) expect(at(`2026-10-25T${hour}:00Z`)).toBe(true);
    for (const hour of ['00:59', '01:00']) expect(at(`2027-03-28T${hour}:00Z`)).toBe(true);
  });

  test('close on a public holiday and follow a date of their own', () => {
    expect(at('2026-10-26T10:00:00+01:00')).toBe(false);
    expect(at('2026-12-21T11:59:00+01:00')).toBe(true);
    expect(at('2026-12-21T14:00:00+01:00')).toBe(false);
  });

  test('may run past midnight, also into a holiday', () => {
    const bar: OpeningHours = {
      timeZone: 'Asia/Singapore',
      week: { fri: [span('18:00-02:00')] },
      dates: { '2026-12-26': [] },
    };
    const open = (text: string) => isOpenAt(bar, Date.parse(text));
    expect(open('2026-12-25T23:59:00+08:00')).toBe(true);
    expect(open('2026-12-26T01:59:00+08:00')).toBe(true);
    expect(open('2026-12-26T02:00:00+08:00')).toBe(false);
    expect(open('2026-12-25T01:00:00+08:00')).toBe(false);
  });

  test.each(['9-12', '09:00', '09:00-25:00', '24:00-02:00', '09:00 - 12:00', ''])(
    'are not read from "%s"',
    (text) => expect(parseOpenSpan(text)).toBeUndefined(),
  );

  test('name days alone or as a range, also over the end of the week', () => {
    expect(parseDays('mon-fri')).toEqual(['mon', 'tue', 'wed', 'thu', 'fri']);
    expect(parseDays('sat')).toEqual(['sat']);
    expect(parseDays('sat-mon')).toEqual(['sat', 'sun', 'mon']);
    for (const text of ['mo', 'mon-', 'mon-tue-wed', 'Mon', '']) expect(parseDays(text)).toBeUndefined();
  });

  test('know dates and time zones that exist from those that do not', () => {
    expect([isDate('2026-02-28'), isDate('2026-02-30'), isDate('2026-2-3'), isDate('tomorrow')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isTimeZone('Asia/Singapore'), isTimeZone('Asia/Gotham')]).toEqual([true, false]);
  });
});
