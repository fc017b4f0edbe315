import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  numberIn,
  readDialledNumber,
  readPhoneAddress,
  readPhoneNumber,
} from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/phone-address.ts';
import { PhoneNumber } from '../../../../../../functions/shared/domain/phone-number.ts';
import { numberRanges } from '../../../../../support/drawn-numbers.ts';

const RIDER = '+6591110001';
const read = (value: unknown, country?: string) => numberIn(readPhoneAddress(value, country))?.reveal();
const kindOf = (value: unknown, country?: string) => readPhoneAddress(value, country).kind;

describe('a number in a webhook', () => {
  test.each([
    ['with a plus', '+6591110001'],
    ['without', '6591110001'],
    ['as a JSON number', 6591110001],
    ['behind the international prefix', '006591110001'],
    ['as a SIP address', 'sip:+6591110001@sbc.carrier.example'],
    ['as a SIP address without a plus', 'sip:6591110001@10.0.0.1:5060;transport=tcp;user=phone'],
    ['as a SIP address with a name', '"Rider" <sip:+6591110001@carrier.example>;tag=9f3'],
    ['as a secure SIP address', 'sips:+6591110001@carrier.example'],
    ['with an escaped plus', 'sip:%2B6591110001@carrier.example'],
    ['as a telephone address', 'tel:+65-9111-0001'],
    ['as a telephone address of a country', 'tel:91110001;phone-context=+65'],
    ['with an extension', '+6591110001;ext=22'],
    ['with the mark of a look-up', '+6591110001;npdi'],
    ['with the number of a carrier', 'tel:+6591110001;rn=+6598000000;npdi=yes'],
    ['with a hash at its end', '6591110001#'],
    ['without the scheme', '+6591110001@carrier.example'],
    ['with spaces', ' +65 9111 0001 '],
  ])('is read %s', (_, value) => {
    expect(read(value)).toBe(RIDER);
    expect(read(value, 'SG')).toBe(RIDER);
    expect(readPhoneNumber(value)?.reveal()).toBe(RIDER);
  });

  test.each([
    ['of Singapore', '91110001', 'SG', '+6591110001'],
    ['of New York, which would be one of New Zealand', '6462345678', 'US', '+16462345678'],
    ['of New York with the 1', '16462345678', 'US', '+16462345678'],
    ['of the United Kingdom with its trunk zero', '07911123456', 'GB', '+447911123456'],
    ['of Germany with its trunk zero', '015123456789', 'DE', '+4915123456789'],
    ['of China, which would be one of America', '13812345678', 'CN', '+8613812345678'],
    ['of India, which begins like its calling code', '9198765432', 'IN', '+919198765432'],
    ['of Italy, whose zero belongs to it', '0612345678', 'IT', '+390612345678'],
    ['of Russia with its 8', '89161234567', 'RU', '+79161234567'],
    ['of Hungary with its 06', '06201234567', 'HU', '+36201234567'],
    ['of Mexico with 044', '0445512345678', 'MX', '+525512345678'],
    ['of Argentina with 15', '01115 2345-6789'.replace(/\D/g, ''), 'AR', '+5491123456789'],
    ["of Côte d'Ivoire in the old plan", '07123456', 'CI', '+22507123456'],
    ['in a SIP address', 'sip:07911123456@carrier.example', 'GB', '+447911123456'],
  ])('is read where it is a national one %s', (_, value, country, expected) => {
    expect(read(value, country)).toBe(expected);
  });

  test.each([
    ['a plus, and the country of another calling code', '+6462345678', 'US'],
    ['the international prefix, and another country', '006462345678', 'US'],
    ['a national number without a country', '0912345678', undefined],
    ['a short number', '88123', 'SG'],
    ['a word', 'HARBOURCAB', 'SG'],
    ['an address of a person', 'sip:reception@harbourcab.example', 'SG'],
    ['a number too long for any', '+6591110001659111', undefined],
    ['a calling code that no country has', '+9991234567', undefined],
    ['an object', {}, 'SG'],
    ['a truth value', true, 'SG'],
    ['a text without end', '6'.repeat(2000), 'SG'],
  ])('cannot be read from %s', (_, value, country) => {
    expect(kindOf(value, country)).toBe('unreadable');
  });

  test.each([
    [undefined],
    [null],
    [''],
    ['null'],
    ['anonymous'],
    ['Anonymous'],
    ['UNAVAILABLE'],
    ['No Caller ID'],
    ['sip:anonymous@anonymous.invalid'],
    ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'],
    ['sip:c8oqz84zk7z@anonymous.invalid'],
    ['+266696687'],
    ['266696687'],
    ['+7378742833'],
    ['+86282452253'],
    ['+8656696'],
    ['+2562533'],
    ['sip:+266696687@carrier.example'],
    ['0000000000'],
    ['+10000000000'],
  ])('is withheld as %j', (value) => {
    expect(kindOf(value)).toBe('withheld');
    expect(kindOf(value, 'US')).toBe('withheld');
  });

  test('is taken as it was dialled where it has a plus, and read beside its country where it has none', () => {
    expect(readDialledNumber('+6531290001', 'ID')?.reveal()).toBe('+6531290001');
    expect(readDialledNumber('31290001', 'SG')?.reveal()).toBe('+6531290001');
    expect(readDialledNumber('6462345678', 'US')?.reveal()).toBe('+16462345678');
    expect(readDialledNumber('rides', 'SG')).toBeUndefined();
  });

  test('is never made of nothing, and whatever comes does not throw', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.option(fc.constantFrom('SG', 'US', 'XX'), { nil: undefined }),
        (value, country) => {
          expect(['number', 'withheld', 'unreadable']).toContain(kindOf(value, country));
        },
      ),
    );
  });
});

const callers = numberRanges.filter(
  ({ region, numberClass }) => region !== '001' && ['fixed-line', 'mobile', 'voip'].includes(numberClass),
);

describe.each(callers)('a caller of $region: $numberClass', ({ region, callingCode, national }) => {
  test('is read as the same line however a carrier spells the number', () => {
    fc.assert(
      fc.property(national, (digits) => {
        const e164 = callingCode + digits;
        fc.pre(e164.length >= 7 && e164.length <= 15);
        const expected = PhoneNumber.from(e164).reveal();
        const written = [
          `+${e164}`,
          e164,
          `00${e164}`,
          `sip:+${e164}@carrier.example;user=phone`,
          `tel:+${e164};npdi`,
        ];

        expect(written.map((value) => read(value, region))).toEqual(written.map(() => expected));
        expect(written.map((value) => read(value))).toEqual(written.map(() => expected));
        // National digits of the country, or none: of another country never.
        const nationally = read(digits, region);
        expect(nationally === undefined || nationally.startsWith(`+${callingCode}`)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
