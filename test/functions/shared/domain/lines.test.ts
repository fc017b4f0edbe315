import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, linePlans, withoutTrunkPrefix } from '../../../../functions/shared/domain/lines.ts';
import { numberRanges } from '../../../support/drawn-numbers.ts';

const DRAWS = 100;

describe.each(numberRanges)('numbers of $region: $numberClass', ({ callingCode, national }) => {
  test('that exist are their own line, unless a plan names another spelling, and no reader changes them', () => {
    fc.assert(
      fc.property(national, (digits) => {
        const number = callingCode + digits;
        const plan = linePlans.find(
          (one) =>
            one.callingCode === callingCode &&
            !one.onlyWritten &&
            one.spellings.some(({ pattern }) => pattern.test(digits)),
        );

        expect(withoutTrunkPrefix(number)).toBe(number);
        expect(plan === undefined ? lineOf(number) : number).toBe(number);
        expect(lineOf(lineOf(number))).toBe(lineOf(number));
      }),
      { numRuns: DRAWS },
    );
  });
});

/** Spellings of one line, which must meet, and a number beside it, which must not. */
const spellings: readonly (readonly [string, readonly string[], string])[] = [
  [
    'Mexico, a mobile',
    ['525512345678', '5215512345678', '520445512345678', '52015512345678'],
    '525512345679',
  ],
  [
    'Argentina, a mobile of Buenos Aires',
    ['5491123456789', '541123456789', '54111523456789', '540111523456789', '54911' + '1523456789'],
    '5491123456780',
  ],
  ['Argentina, a mobile of Córdoba', ['5493512345678', '54351152345678', '543512345678'], '5493512345679'],
  ['Argentina, a mobile of Miramar', ['5492291412345', '54229115412345', '542291412345'], '5492291412346'],
  [
    'Brazil, a mobile',
    ['5511987654321', '551187654321', '55011987654321', '5501511987654321'],
    '551132654321',
  ],
  ['Brazil, a fixed line', ['551132654321', '5501132654321'], '5511932654321'],
  ['the United Kingdom', ['447911123456', '4407911123456'], '447911123457'],
  ['Germany', ['4915123456789', '49015123456789'], '4915123456780'],
  ['France', ['33612345678', '330612345678'], '33612345679'],
  ['Russia', ['79161234567', '789161234567'], '78161234567'],
  ['the United States', ['14155552671', '114155552671'], '14155552672'],
  ['Hungary', ['36201234567', '3606201234567'], '3661234567'],
  ['Belarus', ['375291234567', '3758291234567', '37580291234567'], '375291234568'],
  ['Lithuania', ['37061234567', '370861234567', '370061234567'], '37061234568'],
  ['Italy, a line of Rome', ['390612345678', '39612345678'], '393612345678'],
  ['Italy, a mobile', ['393471234567', '3903471234567'], '390471234567'],
  ['San Marino', ['3780549886377', '378886377', '390549886377', '39549886377'], '3780549886378'],
  ["Côte d'Ivoire, Orange", ['2250707123456', '22507123456'], '2250507123456'],
  ["Côte d'Ivoire, MTN", ['2250544123456', '22544123456'], '2250144123456'],
  ["Côte d'Ivoire, Moov", ['2250101123456', '22501123456'], '2250701123456'],
  ["Côte d'Ivoire, a fixed line", ['2252722412345', '22522412345'], '2252522412345'],
  ['Gabon, Airtel', ['24177123456', '241077123456', '24107123456', '2417123456'], '24167123456'],
  ['Gabon, Libertis', ['24166123456', '24106123456', '2416123456'], '24176123456'],
  ['Gabon, a fixed line', ['24111123456', '24101123456', '2411123456'], '24171123456'],
  ['Benin', ['2290197123456', '22997123456'], '2290196123456'],
  ['Cameroon, a mobile', ['237677123456', '23777123456'], '237277123456'],
  ['Cameroon, a fixed line', ['237222123456', '23722123456'], '237233123456'],
  ['Mauritius', ['23057123456', '2307123456'], '23052123456'],
  ['Colombia, Bogotá', ['576012345678', '5712345678'], '576022345678'],
  ['Viet Nam, Viettel', ['84321234567', '841621234567'], '84331234567'],
  ['Viet Nam, MobiFone', ['84701234567', '841201234567'], '84791234567'],
  ['Palestine', ['970599123456', '972599123456', '9720599123456'], '970569123456'],
];

describe('the spellings of one line', () => {
  test.each(spellings)('have one key: %s', (_, [first = '', ...others], stranger) => {
    expect(others.map(lineOf)).toEqual(others.map(() => lineOf(first)));
    expect(lineOf(stranger)).not.toBe(lineOf(first));
  });
});
