const MSISDN = /^\+?([1-9]\d{6,14})$/;

/** Reads an E.164 number with or without `+`; gives it with `+`, or undefined when it is anything else. */
export function toE164(text: unknown): string | undefined {
  const digits = typeof text === 'string' ? MSISDN.exec(text)?.[1] : undefined;
  return digits === undefined ? undefined : `+${digits}`;
}

/** Calling codes that the simulated carrier covers. A number of any other country has no coverage. */
const countryByCallingCode: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '1': 'US',
    '7': 'RU',
    '20': 'EG',
    '27': 'ZA',
    '30': 'GR',
    '31': 'NL',
    '32': 'BE',
    '33': 'FR',
    '34': 'ES',
    '36': 'HU',
    '39': 'IT',
    '40': 'RO',
    '41': 'CH',
    '43': 'AT',
    '44': 'GB',
    '45': 'DK',
    '46': 'SE',
    '47': 'NO',
    '48': 'PL',
    '49': 'DE',
    '51': 'PE',
    '52': 'MX',
    '54': 'AR',
    '55': 'BR',
    '56': 'CL',
    '57': 'CO',
    '58': 'VE',
    '60': 'MY',
    '61': 'AU',
    '62': 'ID',
    '63': 'PH',
    '64': 'NZ',
    '65': 'SG',
    '66': 'TH',
    '81': 'JP',
    '82': 'KR',
    '84': 'VN',
    '86': 'CN',
    '90': 'TR',
    '91': 'IN',
    '92': 'PK',
    '94': 'LK',
    '95': 'MM',
    '98': 'IR',
    '212': 'MA',
    '213': 'DZ',
    '216': 'TN',
    '221': 'SN',
    '225': 'CI',
    '229': 'BJ',
    '230': 'MU',
    '233': 'GH',
    '234': 'NG',
    '237': 'CM',
    '241': 'GA',
    '254': 'KE',
    '255': 'TZ',
    '256': 'UG',
    '351': 'PT',
    '353': 'IE',
    '358': 'FI',
    '359': 'BG',
    '370': 'LT',
    '371': 'LV',
    '372': 'EE',
    '375': 'BY',
    '378': 'SM',
    '380': 'UA',
    '381': 'RS',
    '385': 'HR',
    '420': 'CZ',
    '502': 'GT',
    '506': 'CR',
    '593': 'EC',
    '595': 'PY',
    '598': 'UY',
    '852': 'HK',
    '853': 'MO',
    '855': 'KH',
    '856': 'LA',
    '880': 'BD',
    '886': 'TW',
    '961': 'LB',
    '962': 'JO',
    '965': 'KW',
    '966': 'SA',
    '968': 'OM',
    '970': 'PS',
    '971': 'AE',
    '972': 'IL',
    '973': 'BH',
    '974': 'QA',
    '977': 'NP',
    '995': 'GE',
    '998': 'UZ',
  }),
);
const LONGEST_CALLING_CODE = 3;

/** The country (ISO 3166-1 alpha-2) of an E.164 number; null for a country the carrier does not know. */
export function countryOf(e164: string): string | null {
  return countryByCallingCode.get(callingCodeOf(e164) ?? '') ?? null;
}

/** The calling code that a number of a covered country begins with. */
export function callingCodeOf(e164: string): string | undefined {
  for (let length = LONGEST_CALLING_CODE; length > 0; length -= 1) {
    const callingCode = e164.slice(1, 1 + length);
    if (countryByCallingCode.has(callingCode)) return callingCode;
  }
  return undefined;
}
