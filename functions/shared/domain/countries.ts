/*
 * The countries of the world as telephones know them: calling code, trunk prefix, and how long national numbers are.
 * Small enough for the path of a call, where the full numbering plans would cost the start of every environment.
 */

/**
 * `SG65:8` is Singapore, +65, whose lines have 8 digits; `GB44/0:9-10` is dialled with a 0 at home. Lengths are
 * those of fixed, mobile and internet lines as libphonenumber's metadata has them; a test compares the two.
 */
const PLANS = `
  AC247:5 AD376:6,9 AE971/0:8-9 AF93/0:9 AG1/1:10 AI1/1:10 AL355/0:8-9 AM374/0:8 AO244:9
  AR54/0:10-11 AS1/1:10 AT43/0:4-13 AU61/0:9 AW297:7 AX358/0:6-10 AZ994/0:9 BA387/0:8-9 BB1/1:10
  BD880/0:6-10 BE32/0:8-9 BF226:8 BG359/0:6-9 BH973:8 BI257:8 BJ229:10 BL590/0:9 BM1/1:10 BN673:7
  BO591/0:8 BQ599:7 BR55/0:10-11 BS1/1:10 BT975:7-8 BW267:7-8 BY375:9 BZ501:7 CA1/1:10 CC61/0:9
  CD243/0:7-10 CF236:8 CG242:9 CH41/0:9 CI225:10 CK682:5 CL56:9 CM237:9 CN86/0:7-11 CO57/0:8,10
  CR506:8 CU53/0:6-8,10 CV238:7 CW599:7-8 CX61/0:9 CY357:8 CZ420:9 DE49/0:5-15 DJ253:8 DK45:8
  DM1/1:10 DO1/1:10 DZ213/0:8-9 EC593/0:8-9 EE372:7-8 EG20/0:8-10 EH212/0:9 ER291/0:7 ES34:9
  ET251/0:9 FI358/0:5-10 FJ679:7 FK500:5 FM691:7 FO298:6 FR33/0:9 GA241:7-8 GB44/0:9-10 GD1/1:10
  GE995/0:9 GF594/0:9 GG44/0:10 GH233/0:9 GI350:8 GL299:6 GM220:7,9 GN224:8-9 GP590/0:9 GQ240:9
  GR30:10 GT502:8 GU1/1:10 GW245:7,9 GY592:7 HK852:8 HN504:8 HR385/0:8-9 HT509:8 HU36/06:8-9
  ID62/0:7-12 IE353/0:7-10 IL972/0:8-9,11-12 IM44/0:10 IN91/0:10 IO246:7 IQ964/0:8-10
  IR98/0:6-7,10 IS354:7,9 IT39:6-12 JE44/0:10 JM1/1:10 JO962/0:8-9 JP81/0:9-10 KE254/0:7-9
  KG996/0:9 KH855/0:8-9 KI686/0:5,8 KM269:7 KN1/1:10 KP850/0:8,10 KR82/0:5-6,8-10 KW965:8 KY1/1:10
  KZ7/8:10 LA856/0:8-10 LB961/0:7-8 LC1/1:10 LI423/0:7,9 LK94/0:9 LR231/0:7-9 LS266:8 LT370/0:8
  LU352:4-11 LV371:8 LY218/0:9 MA212/0:9 MC377/0:8-9 MD373/0:8 ME382/0:8 MF590/0:9 MG261/0:9
  MH692/1:7 MK389/0:8 ML223:8 MM95/0:6-10 MN976/0:8-10 MO853:8 MP1/1:10 MQ596/0:9 MR222:8 MS1/1:10
  MT356:8 MU230:7-8 MV960:7 MW265/0:7,9 MX52:10 MY60/0:8-10 MZ258:8-9 NA264/0:8-9 NC687:6 NE227:8
  NF672:6 NG234/0:10 NI505:8 NL31/0:9,11 NO47:8 NP977/0:8,10 NR674:7 NU683:4,7 NZ64/0:8-10 OM968:8
  PA507:7-8 PE51/0:8-9 PF689:8 PG675:7-8 PH63/0:6,8-10 PK92/0:9-10 PL48:7,9 PM508/0:6,9 PR1/1:10
  PS970/0:8-9 PT351:9 PW680:7 PY595/0:7-9 QA974:8 RE262/0:9 RO40/0:6,9 RS381/0:7-12 RU7/8:10
  RW250/0:8-9 SA966/0:9 SB677:5,7 SC248:7 SD249/0:9 SE46/0:7-9 SG65:8 SH290:4-5 SI386/0:8 SJ47:8
  SK421/0:6-7,9 SL232/0:8 SM378:8,10 SN221:9 SO252/0:6-9 SR597:6-7 SS211/0:9 ST239:7 SV503:8
  SX1/1:10 SY963/0:8-9 SZ268:8 TA290:4 TC1/1:10 TD235:8 TG228:8 TH66/0:8-9 TJ992:9 TK690:4-7
  TL670:7-8 TM993/8:8 TN216:8 TO676:5,7 TR90/0:10 TT1/1:10 TV688:5-7 TW886/0:8-11 TZ255/0:9
  UA380/0:9 UG256/0:9 US1/1:10 UY598/0:8 UZ998:9 VA39:6-11 VC1/1:10 VE58/0:10 VG1/1:10 VI1/1:10
  VN84/0:9-10 VU678:5,7 WF681:6 WS685:5-7,10 XK383/0:8-12 YE967/0:7-9 YT262/0:9 ZA27/0:5-9
  ZM260/0:9 ZW263/0:9-10
`;

/** Countries of ISO 3166-1 without a telephone plan of their own. */
const WITHOUT_PLAN = 'AQ BV GS HM PN TF UM';
/** Telephone regions that are no countries of ISO 3166-1, by the country they belong to. */
const partOf: ReadonlyMap<string, string> = new Map([
  ['AC', 'SH'],
  ['TA', 'SH'],
]);
/** Calling codes that belong to no country: freephone and shared cost everywhere, satellites, networks, premium. */
const WITHOUT_COUNTRY = ['800', '808', '870', '878', '881', '882', '883', '888', '979'];
const LONGEST_CALLING_CODE = 3;
const ENTRY = /^([A-Z]{2})(\d+)(?:\/(\d+))?:([\d,-]+)$/;

interface CountryPlan {
  readonly callingCode: string;
  /** What people at home dial in front of the national number; empty where they dial nothing. */
  readonly trunkPrefix: string;
  /** The digit counts of national numbers. */
  readonly lengths: ReadonlySet<number>;
}

const plans = new Map<string, CountryPlan>();
const plansByCallingCode = new Map<string, CountryPlan[]>(WITHOUT_COUNTRY.map((code) => [code, []]));
for (const entry of PLANS.trim().split(/\s+/)) {
  const [, country = '', callingCode = '', trunkPrefix = '', ranges = ''] = ENTRY.exec(entry) ?? [];
  const plan = { callingCode, trunkPrefix, lengths: countsIn(ranges) };
  plans.set(country, plan);
  plansByCallingCode.set(callingCode, [...(plansByCallingCode.get(callingCode) ?? []), plan]);
}

function countsIn(ranges: string): ReadonlySet<number> {
  const counts = new Set<number>();
  for (const range of ranges.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let count = first; count <= last; count += 1) counts.add(count);
  }
  return counts;
}

const countries: ReadonlySet<string> = new Set(
  [...plans.keys(), ...WITHOUT_PLAN.split(' ')].filter((country) => !partOf.has(country)),
);

/** Whether this is a country of ISO 3166-1 alpha-2, in capitals; Kosovo's `XK`, which its telephones use, is one. */
export function isCountry(code: string): boolean {
  return countries.has(code);
}

/** The country that a telephone region belongs to: itself for nearly all. */
export function countryOfRegion(region: string): string {
  return partOf.get(region) ?? region;
}

/** The calling code of a country or of a region of its, such as `65`; undefined where there is none. */
export function callingCodeOf(country: string): string | undefined {
  return plans.get(country)?.callingCode;
}

/** Whether the country, or a region that belongs to it, has numbers of the calling code. */
export function hasCallingCode(country: string, callingCode: string): boolean {
  return (
    callingCodeOf(country) === callingCode ||
    [...partOf].some(([region, whole]) => whole === country && callingCodeOf(region) === callingCode)
  );
}

/**
 * The calling code that international digits begin with; no code is the beginning of another.
 * @returns undefined where no country or network has such a code.
 */
export function callingCodeIn(digits: string): string | undefined {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length += 1) {
    const code = digits.slice(0, length);
    if (plansByCallingCode.has(code)) return code;
  }
  return undefined;
}

/** Whether some country of the calling code has national numbers of this many digits. */
export function isNationalLength(callingCode: string, count: number): boolean {
  return (plansByCallingCode.get(callingCode) ?? []).some(({ lengths }) => lengths.has(count));
}

/** What is dialled at home before a national number of this calling code; empty where nothing is. */
export function trunkPrefixOf(callingCode: string): string {
  return (
    plansByCallingCode.get(callingCode)?.find(({ trunkPrefix }) => trunkPrefix !== '')?.trunkPrefix ?? ''
  );
}
