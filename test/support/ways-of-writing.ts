/** The ways in which people and their phones write one international number. */
export function waysOfWriting(callingCode: string, national: string): readonly string[] {
  const groups = [callingCode, ...(national.match(/.{1,3}/g) ?? [])];
  return [
    `+${callingCode}${national}`,
    `00${callingCode}${national}`,
    `+${groups.join(' ')}`,
    `+${groups.join('-')}`,
    `+${groups.join('.')}`,
    `+${callingCode} (${national.slice(0, 2)}) ${national.slice(2)}`,
    `+${groups.join('\u2013')}`,
    `+${groups.join('\u2011')}`,
    `+${groups.join('\u00a0')}`,
    `\u202a+${groups.join(' ')}\u202c`,
    `\u2066+${callingCode}\u200b${national}\u2069`,
    `\uff0b${fullWidth(callingCode + national)}`,
    `tel:+${groups.join('-')}`,
    `  00 ${groups.join(' ')} `,
  ];
}

function fullWidth(digits: string): string {
  return digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}
