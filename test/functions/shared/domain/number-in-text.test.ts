import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayHoldNumber } from '../../../../functions/shared/domain/number-in-text.ts';
import { PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';

const SINGAPORE = [PhoneNumber.from('+6591239876'), PhoneNumber.from('+6581110001')];
const GERMANY = [PhoneNumber.from('+4915112345678')];

describe('a text holds a number', () => {
  test.each([
    ['the national form of a party', 'rider 9123 9876', SINGAPORE],
    ['a third person', 'call 8765 4321 if nobody opens', SINGAPORE],
    ['an international number', 'ride for +44 20 7946 0958', SINGAPORE],
    ['one with 00', '0044 20 7946 0958', SINGAPORE],
    ['one without a plus', '442079460958', SINGAPORE],
    ['a national number with its zero', 'Kunde 0151 23456789', GERMANY],
    ['dots and brackets', '(9123).9876', SINGAPORE],
    ['full-width digits', '９１２３９８７６', SINGAPORE],
    ['Arabic digits', '٩١٢٣٩٨٧٦', SINGAPORE],
    ['digits stuck to a word', 'rider91239876', SINGAPORE],
    ['the end of a party', 'x1239876', SINGAPORE],
    ['invisible marks', '9123\u200b9876', SINGAPORE],
  ])('%s', (_, text, related) => {
    expect(mayHoldNumber(text, related)).toBe(true);
  });

  test('whichever way one of its own is cut into groups', () => {
    const separator = fc.constantFrom('', ' ', '-', '.', ' - ', '\u00a0', '\u2013');
    fc.assert(
      fc.property(fc.array(separator, { minLength: 7, maxLength: 7 }), fc.string(), (separators, around) => {
        const written = [...'91239876']
          .map((digit, index) => `${separators[index - 1] ?? ''}${digit}`)
          .join('');
        const text = `${around.replace(/[\p{Nd}+]/gu, '')} ${written}`;
        expect(mayHoldNumber(text.replaceAll(' - ', '-'), SINGAPORE)).toBe(true);
      }),
    );
  });
});

test.each([
  ['a short reference', 'ride-1042'],
  ['an id of ours', '01JD8F3Z6Q4M7N2P5R9S1T0V8W'],
  ['a UUID that ends in digits', '550e8400-e29b-41d4-a716-446655440000'],
  ['a date and a count', '2026-11-25/42'],
  ['a time', '2026-11-25T10:30:00'],
  ['a word', 'driver'],
  ['two short counts', '12 of 345'],
  ['nothing', ''],
])('a text holds none: %s', (_, text) => {
  expect(mayHoldNumber(text, SINGAPORE)).toBe(false);
});
