import { callingCodeIn } from './countries.ts';
import { countryOfDigits, isInUse, type PlannedType, typeOf } from './numbering-plans.ts';
import type { PhoneNumber } from './phone-number.ts';

/** What a number is by the numbering plan of its country. */
export type NumberClass =
  | 'fixed-line'
  | 'mobile'
  | 'fixed-line-or-mobile'
  | 'voip'
  | 'toll-free'
  | 'uan'
  | 'unknown'
  | RefusedClass;

/** The classes that are not called unless they are allowed: calling them costs more than a call, or reaches nobody. */
export const refusedClasses = [
  'premium-rate',
  'shared-cost',
  'personal',
  'pager',
  'voicemail',
  'satellite',
  'international-network',
] as const;
export type RefusedClass = (typeof refusedClasses)[number];

const classOfType: Readonly<Record<PlannedType, NumberClass>> = {
  FIXED_LINE: 'fixed-line',
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'fixed-line-or-mobile',
  PREMIUM_RATE: 'premium-rate',
  TOLL_FREE: 'toll-free',
  SHARED_COST: 'shared-cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'uan',
  VOICEMAIL: 'voicemail',
};

/** Calling codes without a country, whatever the plans say of their ranges. */
const classOfCallingCode: ReadonlyMap<string, NumberClass> = new Map([
  ['800', 'toll-free'],
  ['808', 'shared-cost'],
  ['870', 'satellite'],
  ['878', 'personal'],
  ['881', 'satellite'],
  ['882', 'international-network'],
  ['883', 'international-network'],
  ['888', 'international-network'],
  ['979', 'premium-rate'],
]);

/** The class of a number; `unknown` where the plan of its country does not name its range yet. */
export function classOf(number: PhoneNumber): NumberClass {
  const digits = number.revealDigits();
  const ofNetwork = classOfCallingCode.get(callingCodeIn(digits) ?? '');
  if (ofNetwork !== undefined) return ofNetwork;
  const type = typeOf(digits);
  return type === undefined ? 'unknown' : classOfType[type];
}

/** The country that a number belongs to, ISO 3166-1 alpha-2; undefined for networks and where it cannot be told. */
export function countryOf(number: PhoneNumber): string | undefined {
  return countryOfDigits(number.revealDigits());
}

/** Which numbers a deployment calls. */
export interface NumberRules {
  /** Numbers whose range no plan names are refused. */
  readonly strict: boolean;
  readonly allowedClasses: readonly string[];
  readonly allowedCountries: readonly string[];
}

/** What holds where a deployment says nothing. */
export const defaultNumberRules: NumberRules = { strict: false, allowedClasses: [], allowedCountries: [] };

/** What a number is refused for whatever its country; a number of the pool is asked no more than this. */
export function classRefusal(number: PhoneNumber, rules: NumberRules): string | undefined {
  const numberClass = classOf(number);
  const refused = refusedClasses.find((one) => one === numberClass);
  if (refused !== undefined && !rules.allowedClasses.includes(refused)) {
    return `must not be a ${refused} number: calls to these are not allowed here`;
  }
  return rules.strict && !isInUse(number.revealDigits())
    ? 'must be a number in use in its country: no numbering plan names its range'
    : undefined;
}

/**
 * Countries whose numbers are dialled to earn termination fees far more often than to reach a courier: those that
 * reports of international revenue share fraud name again and again, and small networks with dear minutes.
 */
export const highFraudCountries: ReadonlySet<string> = new Set(
  'CF CU ER FK GM GN GW KI KM KP LR NR SB SH SL SO ST TD TK TV VU WF WS'.split(' '),
);

/**
 * What a number is refused for on account of its country: one of high fraud, unless that is allowed or the pool has a
 * number there, which nobody rents who does not call there.
 * @param pool by country, the numbers that bookings may get.
 */
export function countryRefusal(
  number: PhoneNumber,
  rules: NumberRules,
  pool: ReadonlyMap<string, readonly unknown[]>,
): string | undefined {
  const country = countryOf(number);
  if (country === undefined || !highFraudCountries.has(country)) return undefined;
  if (rules.allowedCountries.includes(country) || (pool.get(country)?.length ?? 0) > 0) return undefined;
  return (
    `must not be a number of ${country}, where calls are often made for the fee alone: ` +
    'allow it in `numbers.allowed.countries`, or add a virtual number of that country'
  );
}
