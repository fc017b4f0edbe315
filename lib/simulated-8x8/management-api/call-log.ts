import { isoMilliseconds } from '../model/clock.ts';
import { callingCodeOf, countryOf, toE164 } from '../model/phone-numbers.ts';
import type { SubAccount } from '../model/sub-account.ts';
import type { Leg, VoiceSession } from '../model/voice-session.ts';
import type { Platform } from '../platform.ts';
import { connectedSeconds, OUTGOING_RATE, qualityOf, tariff } from '../webhooks/webhook-bodies.ts';

/** Which legs a log lists: those initiated from `fromMs` up to `toMs`; a limit of 0 is none. */
export interface CallLogPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

/** A column of the log: its name and what it says of a leg. Columns about operators stay empty here. */
type Column = readonly [name: string, value: (session: VoiceSession, leg: Leg) => string | number];

const empty = () => '';

const columns: readonly Column[] = [
  ['SessionId', (session) => session.sessionId],
  ['CallId', (_, leg) => leg.callId],
  ['AccountId', () => 'simulated-account'],
  ['SubAccountId', (session) => session.subAccount.id],
  ['Direction', (_, leg) => leg.direction],
  ['SourceCountryCode', (_, leg) => callingCode(leg.source)],
  ['SourceCountry', (_, leg) => country(leg.source)],
  ['SourceOperator', empty],
  ['SourceMCC', empty],
  ['SourceMNC', empty],
  ['SourceEndpoint', (_, leg) => leg.source ?? ''],
  ['DestinationCountryCode', (_, leg) => callingCode(leg.destination)],
  ['DestinationCountry', (_, leg) => country(leg.destination)],
  ['DestinationOperator', empty],
  ['DestinationMCC', empty],
  ['DestinationMNC', empty],
  ['DestinationEndpoint', (_, leg) => leg.destination],
  ['InitiatedAt', (_, leg) => isoMilliseconds(leg.initiatedMs)],
  ['ConnectedAt', (_, leg) => (leg.connectedMs === undefined ? '' : isoMilliseconds(leg.connectedMs))],
  [
    'DisconnectedAt',
    (_, leg) => (leg.disconnectedMs === undefined ? '' : isoMilliseconds(leg.disconnectedMs)),
  ],
  ['DurationInSec', (_, leg) => connectedSeconds(leg)],
  ['Product', () => 'NUMBER_MASKING'],
  ['BillingUnit', () => tariff.billingUnit],
  ['BillingIncrement', () => `${tariff.billingUnit}+${tariff.billingUnit}`],
  ['BillableDurationInSec', (_, leg) => billableSeconds(leg)],
  ['UnitPrice', (_, leg) => rateOf(leg)],
  ['UnitPriceCurrency', () => tariff.billingCurrency],
  ['TotalPriceOfCall', (_, leg) => ((billableSeconds(leg) / 60) * rateOf(leg)).toFixed(4)],
  ['CallType', () => 'PSTN'],
  ['SipStatus', (_, leg) => leg.sipCode],
  ['SessionStatus', (session) => session.status],
  ['CallStatus', (_, leg) => leg.status],
  ['TTSLength', (session, leg) => (leg === session.legs[0] ? session.heard.join('').length : 0)],
  ['MOS', (session, leg) => meanOpinionScore(session, leg)],
  ['Content', empty],
];

/** The log of a sub-account's calls as CSV, one row for each leg of a session that is over. */
export function callLog(
  platform: Platform,
  subAccount: SubAccount,
  { fromMs, toMs, limit }: CallLogPeriod,
): { csv: string; rowCount: number } {
  const rows = [...platform.run.sessions.values()]
    .filter((session) => session.subAccount === subAccount && session.status !== 'IN_PROGRESS')
    .flatMap((session) => session.legs.map((leg) => ({ session, leg })))
    .filter(({ leg }) => leg.initiatedMs >= fromMs && leg.initiatedMs < toMs)
    .slice(0, limit === 0 ? undefined : limit)
    .map(({ session, leg }) => columns.map(([, value]) => quote(String(value(session, leg)))).join(','));
  const header = columns.map(([name]) => name).join(',');
  return { csv: `${[header, ...rows].join('\r\n')}\r\n`, rowCount: rows.length };
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function country(party: string | null): string {
  const e164 = toE164(party);
  return e164 === undefined ? '' : (countryOf(e164) ?? '');
}

/** The calling code of a number, as the log counts countries. */
function callingCode(party: string | null): string {
  const e164 = toE164(party);
  return e164 === undefined ? '' : (callingCodeOf(e164) ?? '');
}

/** What comes in costs what the number says; what the platform dials has a rate of its own. */
function rateOf({ direction }: Leg): number {
  return direction === 'INBOUND' ? tariff.incomingRate : OUTGOING_RATE;
}

/** The score that the session summary tells of the leg, too. */
function meanOpinionScore(session: VoiceSession, leg: Leg): number | '' {
  return leg.connectedMs === undefined ? '' : qualityOf(session, leg).mos;
}

function billableSeconds(leg: Leg): number {
  return Math.ceil(connectedSeconds(leg) / tariff.billingUnit) * tariff.billingUnit;
}
