import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countryOfRegion } from '../../../../functions/shared/domain/countries.ts';
import { readWrittenNumber } from '../../../../functions/shared/domain/written-number.ts';
import { numberRanges } from '../../../support/drawn-numbers.ts';
import { waysOfWriting } from '../../../support/ways-of-writing.ts';

function read(text: string, country?: string): string | undefined {
  const reading = readWrittenNumber(text, country);
  return reading.kind === 'number' ? reading.number.reveal() : undefined;
}

describe('what people write', () => {
  test.each([
    ['as contact apps copy it', '+1 (415) 555-2671', '+14155552671'],
    ['with dots', '+1.415.555.2671', '+14155552671'],
    ['with en dashes', '+1\u2013415\u2013555\u20132671', '+14155552671'],
    ['with minus signs', '+1\u2212415\u2212555\u22122671', '+14155552671'],
    ['between bidirectional marks', '\u202a+65 9111 0001\u202c', '+6591110001'],
    ['with zero-width marks', '+65\u200b9111\u200d0001\ufeff', '+6591110001'],
    ['with no-break spaces', '+65\u00a09111\u202f0001', '+6591110001'],
    [
      'in full-width digits',
      '\uff0b\uff16\uff15\uff19\uff11\uff11\uff11\uff10\uff10\uff10\uff11',
      '+6591110001',
    ],
    ['in Arabic digits', '+٩٧١ ٥٠ ١٢٣ ٤٥٦٧', '+971501234567'],
    ['behind the international prefix', '0065 9111 0001', '+6591110001'],
    ['with the trunk zero in brackets', '+44 (0)7911 123456', '+447911123456'],
    ['with the trunk zero', '+4907911 123456', '+497911123456'],
    ['with the zero of Italy, which belongs to it', '+39 06 1234 5678', '+390612345678'],
    ['with the 15 of Argentina', '+54 11 15 2345-6789', '+5491123456789'],
    ['with the 1 of Mexico, as given', '+52 1 55 1234 5678', '+5215512345678'],
    ['in the old plan of Benin, as given', '+229 97 12 34 56', '+22997123456'],
    ['of an area that is newer than the plans', '+1 436 234 5678', '+14362345678'],
    ['of a satellite', '+870 773 111 632', '+870773111632'],
  ])('is read %s', (_, text, expected) => {
    expect(read(text)).toBe(expected);
    expect(read(text, 'US')).toBe(expected);
  });

  test.each([
    ['646-234-5678', 'US', '+16462345678'],
    ['(416) 234-5678', 'CA', '+14162345678'],
    ['1 646 234 5678', 'US', '+16462345678'],
    ['436 234 5678', 'US', '+14362345678'],
    ['0151 2345 6789', 'DE', '+4915123456789'],
    ['151 2345 6789', 'DE', '+4915123456789'],
    ['138 1234 5678', 'CN', '+8613812345678'],
    ['9111 0001', 'SG', '+6591110001'],
    ['6591110001', 'SG', '+6591110001'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['8 (916) 123-45-67', 'RU', '+79161234567'],
    ['011 15-2345-6789', 'AR', '+5491123456789'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['07 12 34 56', 'CI', '+22507123456'],
  ])('is read as a national number of the country beside it: %s of %s', (text, country, expected) => {
    expect(read(text, country)).toBe(expected);
  });

  test.each([
    ['646-234-5678', undefined],
    ['151 2345 6789', undefined],
    ['138 1234 5678', undefined],
    ['0912345678', undefined],
    ['6591110001', undefined],
    ['9111 0001', 'XX'],
    ['4915123456789', 'DE'],
    ['9111 00', 'SG'],
    ['+65 9111 00', undefined],
    ['+1 123 456 7890', undefined],
    ['+999 123 4567', undefined],
    ['+6591110001x22', undefined],
    ['+65 9111 0001 ext. 2', undefined],
    ['++6591110001', undefined],
    ['65+91110001', undefined],
    ['1-800-FLOWERS', 'US'],
    ['Bob', undefined],
    ['', undefined],
    ['+', 'SG'],
    [`+6591110001${' '.repeat(80)}`, undefined],
  ])('is none where it could be another or cannot be one: %s of %s', (text, country) => {
    const reading = readWrittenNumber(text, country);

    expect(reading.kind).toBe('none');
    expect(reading).toMatchObject({ message: expect.stringMatching(/\+\d/) });
  });

  test.each([
    ['112', undefined, true],
    ['999', 'GB', true],
    ['000', 'AU', true],
    ['+65 995', undefined, true],
    ['1800', 'SG', false],
    ['+65 1234', undefined, false],
  ])('is a short number of its country: %s of %s', (text, country, emergency) => {
    expect(readWrittenNumber(text, country)).toEqual({ kind: 'short', emergency });
  });

  test('never throws, and never gives what E.164 cannot hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789+-(). ') })),
        fc.option(fc.constantFrom('SG', 'US', 'DE', 'XX'), { nil: undefined }),
        (text, country) => {
          expect(read(text, country) ?? '+6591110001').toMatch(/^\+[1-9]\d{6,14}$/);
        },
      ),
    );
  });
});

/** Numbers that are dialled at home only: seven digits in Canada, an exchange that begins with 1 in America. */
const abroad = numberRanges.filter(
  ({ region, numberClass }) => !['CA uan', 'DO toll-free'].includes(`${region} ${numberClass}`),
);

describe.each(abroad)('a number of $region: $numberClass', ({ region, callingCode, national }) => {
  const country = region === '001' ? undefined : countryOfRegion(region);

  test('is read in every way of writing, and nationally as no number of another country', () => {
    fc.assert(
      fc.property(national, (digits) => {
        fc.pre(`${callingCode}${digits}`.length >= 7 && `${callingCode}${digits}`.length <= 15);
        const number = `+${callingCode}${digits}`;
        const ways = waysOfWriting(callingCode, digits);

        expect(ways.map((text) => read(text))).toEqual(ways.map(() => number));
        // Without a country national digits are none; beside it they are those of the country or, in doubt, none.
        // Behind 00 they are international, as some countries dial their own free numbers.
        if (digits.startsWith('00')) return;
        expect(read(digits)).toBeUndefined();
        expect([number, undefined]).toContain(country && read(digits, region));
      }),
      { numRuns: 20 },
    );
  });
});
