import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidPhoneNumberError, PhoneNumber } from '../../../../functions/shared/domain/phone-number.ts';

const digit = fc.integer({ min: 0, max: 9 }).map(String);
/** The digits of a number that E.164 can hold. */
const e164Digits = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(digit, { minLength: 6, maxLength: 14 }))
  .map(([first, rest]) => `${first}${rest.join('')}`);
const separator = fc.constantFrom('', '', ' ', '-', ' - ');

/** The same digits as people write them: grouped, with or without plus, with space around. */
const written = fc
  .tuple(e164Digits, fc.boolean(), fc.array(separator, { minLength: 15, maxLength: 15 }))
  .map(([digits, plus, gaps]) => ({
    digits,
    text: ` ${plus ? '+' : ''}${[...digits].map((one, index) => `${one}${gaps[index]}`).join('')} `,
  }));

describe('reading a phone number', () => {
  test('gives the same number however it is written', () => {
    fc.assert(
      fc.property(written, ({ digits, text }) => {
        const number = PhoneNumber.from(text);

        expect([number.reveal(), number.revealDigits()]).toEqual([`+${digits}`, digits]);
      }),
    );
  });

  test('changes nothing when it is done twice', () => {
    fc.assert(
      fc.property(e164Digits, (digits) => {
        const number = PhoneNumber.from(digits);

        expect(PhoneNumber.from(number.reveal()).equals(number)).toBe(true);
        expect(PhoneNumber.from(number.revealDigits()).equals(number)).toBe(true);
      }),
    );
  });

  test('tells different numbers apart', () => {
    fc.assert(
      fc.property(e164Digits, e164Digits, (one, other) => {
        expect(PhoneNumber.from(one).equals(PhoneNumber.from(other))).toBe(one === other);
      }),
    );
  });

  test('never makes a number that E.164 could not hold, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          written.map(({ text }) => `${text}0`),
        ),
        (text) => {
          expect(PhoneNumber.parse(text)?.reveal() ?? '+6591110001').toMatch(/^\+[1-9]\d{6,14}$/);
        },
      ),
    );
  });

  test('invents no digit: those of the number are those of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789+-(). x') }), (text) => {
        const number = PhoneNumber.parse(text);

        expect(number?.revealDigits() ?? text.replace(/\D/g, '')).toBe(text.replace(/\D/g, ''));
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['a blank', '   '],
    ['an absent value', undefined],
    ['a null', null],
    ['a withheld caller', 'anonymous'],
    ['a caller shown as a word', 'HARBOURCAB'],
    ['a SIP address', 'sip:+6591110001@harbourcab.example'],
    ['a short code', '88123'],
    ['a national number with a leading zero', '0912345678'],
    ['the international access code', '006591110001'],
    ['more digits than E.164 allows', '6591110001659111'],
    ['fewer digits than any number has', '+659111'],
    ['two plus signs', '++6591110001'],
    ['a plus inside', '65+91110001'],
    ['an extension', '+6591110001x22'],
    ['digits of another script', '+٦٥٩١١١٠٠٠١'],
  ])('takes %s for no phone number', (_, text) => {
    expect(PhoneNumber.parse(text)).toBeUndefined();
  });

  test('refuses what is none with an error that does not repeat it', () => {
    fc.assert(
      fc.property(e164Digits, (digits) => {
        const refusal = () => PhoneNumber.from(`0${digits}`);

        expect(refusal).toThrow(InvalidPhoneNumberError);
        expect(refusal).not.toThrow(digits);
      }),
    );
  });
});

describe('the line of a phone number', () => {
  test('is one for all its spellings, while each is shown as it was given', () => {
    const [old, current] = [PhoneNumber.from('+5215512345678'), PhoneNumber.from('+525512345678')];

    expect(old.lineKey()).toBe(current.lineKey());
    expect(old.isSameLine(current)).toBe(true);
    expect([old.reveal(), old.equals(current)]).toEqual(['+5215512345678', false]);
  });

  test('is the number itself where it has one spelling', () => {
    expect(PhoneNumber.from('6591110001').lineKey()).toBe('+6591110001');
    expect(PhoneNumber.from('+6591110001').isSameLine(PhoneNumber.from('+6591110002'))).toBe(false);
  });
});

describe('showing a phone number', () => {
  test('takes an explicit word: nothing that prints values shows a digit', () => {
    fc.assert(
      fc.property(e164Digits, (digits) => {
        const number = PhoneNumber.from(digits);
        const shown = [
          `${number}`,
          String(number),
          JSON.stringify({ number }),
          inspect({ number }, { showHidden: true, customInspect: false, depth: 5 }),
          inspect(number),
          Object.values(number).join(),
          new Error('failed', { cause: number }).stack,
          JSON.stringify(structuredClone({ number })),
        ];

        expect(shown.join('\n').replace('[phone number]', '')).not.toContain(digits);
      }),
    );
  });
});
