import { callingCodeIn, isNationalLength, trunkPrefixOf } from './countries.ts';

/*
 * One line, one key. Many lines can be written in more than one way in E.164: plans grew a digit and carriers still send
 * the old number, mobiles have a digit that only foreigners dial, a trunk zero was kept. Each such plan stands here by
 * name; two numbers are one line only where one of these says so.
 */

interface Spelling {
  /** Matches the national part, the digits after the calling code. */
  readonly pattern: RegExp;
  /** The international digits of the same line, as the replacement of the whole national part. */
  readonly becomes: string;
}

/** A numbering plan under which one line has more than one spelling. */
export interface LinePlan {
  readonly callingCode: string;
  /**
   * Whether the spelling is a way of writing that no network dials (a kept trunk prefix): a reader of numbers puts it
   * right. Else both spellings are or were numbers: what was given is kept, shown and dialled.
   */
  readonly onlyWritten: boolean;
  readonly spellings: readonly Spelling[];
}

/** In the order in which they apply: what one makes of a number the next one reads. */
export const linePlans: readonly LinePlan[] = [
  {
    callingCode: '52',
    // Mexico: 01, 044 and 045 were dialled at home until August 2019.
    onlyWritten: true,
    spellings: [{ pattern: /^(?:01|04[45])(\d{10})$/, becomes: '52$1' }],
  },
  {
    callingCode: '52',
    // Mexico: mobiles had a 1 behind the calling code until August 2019; carriers still send it.
    onlyWritten: false,
    spellings: [{ pattern: /^1(\d{10})$/, becomes: '52$1' }],
  },
  {
    callingCode: '54',
    // Argentina: mobiles are dialled with 15 behind the area code at home, with 9 before it from abroad.
    onlyWritten: true,
    spellings: [
      {
        pattern: /^0?9?0?(?:(11)15(\d{8})|([23]\d\d)15(\d{7})|([23]\d{3})15(\d{6}))$/,
        becomes: '549$1$2$3$4$5$6',
      },
    ],
  },
  {
    callingCode: '54',
    // Argentina: area code and subscriber number are ten digits that one line has; the 9 only says that it is
    // mobile.
    onlyWritten: false,
    spellings: [{ pattern: /^9(11\d{8}|[23]\d{9})$/, becomes: '54$1' }],
  },
  {
    callingCode: '55',
    // Brazil: 0 and two digits that choose a carrier are dialled before the area code at home.
    onlyWritten: true,
    spellings: [{ pattern: /^0[1-9]\d([1-9]{2}\d{8,9})$/, becomes: '55$1' }],
  },
  {
    callingCode: '55',
    // Brazil: mobiles got a ninth digit, a 9 behind the area code, from 2012 to 2016.
    onlyWritten: false,
    spellings: [
      { pattern: /^(?<area>[1-9]{2})(?<subscriber>[6-9]\d{7})$/, becomes: '55$<area>9$<subscriber>' },
    ],
  },
  {
    callingCode: '375',
    // Belarus: 8, or 8 and 0, is dialled at home.
    onlyWritten: true,
    spellings: [{ pattern: /^80?((?:1[5-7]|2[1-9]|33|44)\d{7})$/, becomes: '375$1' }],
  },
  {
    callingCode: '370',
    // Lithuania: 8 was dialled at home until 2024.
    onlyWritten: true,
    spellings: [{ pattern: /^8(\d{8})$/, becomes: '370$1' }],
  },
  {
    callingCode: '241',
    // Gabon: 0 is dialled at home.
    onlyWritten: true,
    spellings: [{ pattern: /^0((?:11|6\d|7\d)\d{6})$/, becomes: '241$1' }],
  },
  {
    callingCode: '241',
    // Gabon: in November 2019 a 1 (fixed), a 6 (Libertis, Moov) or a 7 (Airtel) took the place of the leading 0.
    onlyWritten: false,
    spellings: [
      { pattern: /^0?(1\d{6})$/, becomes: '2411$1' },
      { pattern: /^0?([256]\d{6})$/, becomes: '2416$1' },
      { pattern: /^0?([47]\d{6})$/, becomes: '2417$1' },
      { pattern: /^0(3\d{6})$/, becomes: '241$1' },
    ],
  },
  {
    callingCode: '225',
    // Côte d'Ivoire: since January 2021 two digits of the operator stand before the old eight, chosen by the second
    // of them for mobiles and by the third for fixed lines.
    onlyWritten: false,
    spellings: [
      { pattern: /^([04-7][0-3]\d{6})$/, becomes: '22501$1' },
      { pattern: /^([04-9][4-6]\d{6})$/, becomes: '22505$1' },
      { pattern: /^([04-9][7-9]\d{6})$/, becomes: '22507$1' },
      { pattern: /^([23]\d8\d{5})$/, becomes: '22521$1' },
      { pattern: /^([23]\d0\d{5})$/, becomes: '22525$1' },
      { pattern: /^([23]\d[1-79]\d{5})$/, becomes: '22527$1' },
    ],
  },
  {
    callingCode: '229',
    // Benin: since November 2024 the old eight digits have 01 before them.
    onlyWritten: false,
    spellings: [{ pattern: /^([24-9]\d{7})$/, becomes: '22901$1' }],
  },
  {
    callingCode: '237',
    // Cameroon: since November 2014 the old eight digits have a 6 (mobile) or a 2 (fixed) before them.
    onlyWritten: false,
    spellings: [
      { pattern: /^([5-79]\d{7})$/, becomes: '2376$1' },
      { pattern: /^((?:22|33)\d{6})$/, becomes: '2372$1' },
    ],
  },
  {
    callingCode: '230',
    // Mauritius: since September 2013 the old seven digits of mobiles have a 5 before them.
    onlyWritten: false,
    spellings: [{ pattern: /^([79]\d{6})$/, becomes: '2305$1' }],
  },
  {
    callingCode: '57',
    // Colombia: since September 2021 fixed lines have 60 before the area digit.
    onlyWritten: false,
    spellings: [{ pattern: /^((?:[125-8]|4(?!6))\d{7})$/, becomes: '5760$1' }],
  },
  {
    callingCode: '84',
    // Viet Nam: in autumn 2018 the eleven-digit mobiles (012x, 016x, 018x, 019x) lost a digit, each prefix to its
    // own.
    onlyWritten: false,
    spellings: [
      { pattern: /^120(\d{7})$/, becomes: '8470$1' },
      { pattern: /^121(\d{7})$/, becomes: '8479$1' },
      { pattern: /^122(\d{7})$/, becomes: '8477$1' },
      { pattern: /^123(\d{7})$/, becomes: '8483$1' },
      { pattern: /^124(\d{7})$/, becomes: '8484$1' },
      { pattern: /^125(\d{7})$/, becomes: '8485$1' },
      { pattern: /^126(\d{7})$/, becomes: '8476$1' },
      { pattern: /^127(\d{7})$/, becomes: '8481$1' },
      { pattern: /^128(\d{7})$/, becomes: '8478$1' },
      { pattern: /^129(\d{7})$/, becomes: '8482$1' },
      { pattern: /^16([2-9]\d{7})$/, becomes: '843$1' },
      { pattern: /^18([68]\d{7})$/, becomes: '845$1' },
      { pattern: /^199(\d{7})$/, becomes: '8459$1' },
    ],
  },
  {
    callingCode: '39',
    // Italy: fixed lines keep their 0 since 1998, and some systems still drop it as a trunk prefix.
    onlyWritten: false,
    spellings: [
      { pattern: /^(?!43\d{8}$|55\d{8}$|70\d{8}$|1(?:44|6[346]|78|99))([124-79]\d{5,9})$/, becomes: '390$1' },
      { pattern: /^(8[1-35-8]\d{4,8})$/, becomes: '390$1' },
    ],
  },
  {
    callingCode: '39',
    // Italy: mobiles lost their 0 in 2001; it is kept in front of some that no area has the digits of.
    onlyWritten: false,
    spellings: [
      { pattern: /^0(3(?:2[05-9]|3[03-9]|4[07-9]|6[0178]|7[089]|8[07-9])\d{7})$/, becomes: '39$1' },
    ],
  },
  {
    callingCode: '39',
    // San Marino: its fixed lines are reached by +378 and, with 0549, as an area of Italy.
    onlyWritten: false,
    spellings: [{ pattern: /^0549([89]\d{5})$/, becomes: '3780549$1' }],
  },
  {
    callingCode: '378',
    // San Marino: 0549 may be left out between its calling code and six digits.
    onlyWritten: false,
    spellings: [{ pattern: /^([89]\d{5})$/, becomes: '3780549$1' }],
  },
  {
    callingCode: '972',
    // Palestine: its mobiles are reached by +970 and by the calling code of Israel.
    onlyWritten: false,
    spellings: [{ pattern: /^(5[69]\d{7})$/, becomes: '970$1' }],
  },
];

const plansByCallingCode = new Map<string, LinePlan[]>();
for (const plan of linePlans) {
  plansByCallingCode.set(plan.callingCode, [...(plansByCallingCode.get(plan.callingCode) ?? []), plan]);
}

/** Whether some lines are reached by both calling codes, in either order. */
export function shareLines(one: string, other: string): boolean {
  return linePlans.some(
    ({ callingCode, spellings }) =>
      [one, other].includes(callingCode) &&
      spellings.some(({ becomes }) =>
        [one, other].some((code) => code !== callingCode && becomes.startsWith(code)),
      ),
  );
}

/** International digits without what is only written: a trunk prefix that was kept behind the calling code. */
export function withoutTrunkPrefix(digits: string): string {
  return respelled(digits, true);
}

/**
 * The line that international digits reach, as international digits: the same for every spelling of one line, and
 * itself for a line that has one spelling. For keys, not for dialling.
 */
export function lineOf(digits: string): string {
  return respelled(digits, false);
}

function respelled(digits: string, onlyWritten: boolean): string {
  const callingCode = callingCodeIn(digits);
  if (callingCode === undefined) return digits;
  let national = withoutKeptTrunk(callingCode, digits.slice(callingCode.length));
  for (const plan of plansByCallingCode.get(callingCode) ?? []) {
    if (onlyWritten && !plan.onlyWritten) continue;
    const spelling = plan.spellings.find(({ pattern }) => pattern.test(national));
    if (spelling === undefined) continue;
    const line = national.replace(spelling.pattern, spelling.becomes);
    if (!line.startsWith(callingCode)) return line;
    national = line.slice(callingCode.length);
  }
  return callingCode + national;
}

/**
 * Without the trunk prefix of the country where one was kept: `+44 (0)20 …`, `+49 0151 …`, `+7 8 916 …`. A national
 * number never begins with a single 0 where 0 is the trunk prefix; other prefixes show by one digit too many.
 */
function withoutKeptTrunk(callingCode: string, national: string): string {
  const trunk = trunkPrefixOf(callingCode);
  if (trunk === '' || !national.startsWith(trunk)) return national;
  const rest = national.slice(trunk.length);
  if (rest.startsWith('0') || !isNationalLength(callingCode, rest.length)) return national;
  return trunk === '0' || !isNationalLength(callingCode, national.length) ? rest : national;
}
