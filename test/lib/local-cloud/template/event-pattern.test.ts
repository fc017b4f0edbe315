import { expect, test } from 'vitest';
import { compilePattern } from '../../../../lib/local-cloud/template/event-pattern.ts';

const event = {
  source: 'number-masking',
  'detail-type': 'booking.created',
  detail: { status: 'active', seconds: 40, tags: ['a', 'b'], nested: { flag: true } },
};

test.each<[string, unknown, boolean]>([
  ['a value', { source: ['number-masking'] }, true],
  ['another value', { source: ['other'] }, false],
  ['one of several values', { source: ['other', 'number-masking'] }, true],
  ['a nested value', { detail: { nested: { flag: [true] } } }, true],
  ['a value in a list', { detail: { tags: ['b'] } }, true],
  ['a prefix', { 'detail-type': [{ prefix: 'booking.' }] }, true],
  ['a suffix', { 'detail-type': [{ suffix: '.ended' }] }, false],
  ['a value in any case', { detail: { status: [{ 'equals-ignore-case': 'ACTIVE' }] } }, true],
  ['anything but a value', { detail: { status: [{ 'anything-but': 'active' }] } }, false],
  ['anything but a prefix', { detail: { status: [{ 'anything-but': { prefix: 'x' } }] } }, true],
  ['a field that is there', { detail: { seconds: [{ exists: true }] } }, true],
  ['a field that is not there', { detail: { missing: [{ exists: false }] } }, true],
  ['a field below one that is not there', { detail: { missing: { deeper: [{ exists: true }] } } }, false],
  ['a number in a range', { detail: { seconds: [{ numeric: ['>', 0, '<=', 40] }] } }, true],
  ['a number out of a range', { detail: { seconds: [{ numeric: ['<', 40] }] } }, false],
  ['one of two alternatives', { $or: [{ source: ['other'] }, { detail: { status: ['active'] } }] }, true],
  ['all of two fields', { source: ['number-masking'], detail: { status: ['ended'] } }, false],
])('a pattern with %s', (_, pattern, expected) => {
  expect(compilePattern(pattern)(event)).toBe(expected);
});

test('a comparison that is not known is refused by name', () => {
  expect(() => compilePattern({ source: [{ cidr: '10.0.0.0/8' }] })).toThrow(/"source" uses cidr/);
});
