import { createScannerWatch } from '../../functions/call-action/scanner-watch.ts';
import { costOf, type UsedLeg } from '../../functions/shared/domain/booking-totals.ts';
import { type CallRoute, routeCall, withCall } from '../../functions/shared/domain/call-route.ts';
import { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import { readDeploymentConfig } from '../../lib/configuration/deployment-config.ts';
import { atMost, type Row, type Topic } from './report.ts';

const CALLS = 10_000;
const PRICES = { currency: 'USD', inboundPerMinute: 0.03, outboundPerMinute: 0.05, incrementSeconds: 60 };
/** Environments that answer calls at the same time; each counts strangers for itself. */
const ENVIRONMENTS = 3;
const MESSAGE_SECONDS = 8;
const START_MS = Date.UTC(2026, 10, 21);

/** A call of an attack or of an ordinary day: who dials what, when, and how long a connection would last. */
interface Dialled {
  readonly caller: PhoneNumber;
  readonly virtualNumber: PhoneNumber;
  readonly atMs: number;
  readonly seconds: number;
}

const phone = (index: number) => PhoneNumber.from(`+6581${String(index).padStart(6, '0')}`);
const poolNumber = (index: number) => PhoneNumber.from(`+6531${String(index).padStart(6, '0')}`);

const connected = (seconds: number): UsedLeg[] => [
  { direction: 'inbound', seconds },
  { direction: 'outbound', seconds },
];

/** Answers the calls as the call-action function decides them with the settings of a stage that names none. */
function play(calls: readonly Dialled[], hasBooking: (call: Dialled) => boolean) {
  const { bookings, misuse } = readDeploymentConfig({ stage: 'prod' });
  const { maxCalls } = bookings.limits;
  const limits = maxCalls === undefined ? {} : { maxCalls };
  let nowMs = START_MS;
  const rules = { tries: misuse.strangerTries, restMs: misuse.strangerRestSeconds * 1000 };
  const watches = Array.from({ length: ENVIRONMENTS }, () => createScannerWatch(rules, () => nowMs));
  const routes = new Map<string, CallRoute>();
  const legs: UsedLeg[] = [];
  const unguarded: UsedLeg[] = [];
  let refused = 0;
  for (const [index, call] of calls.entries()) {
    nowMs = call.atMs;
    const key = `${call.virtualNumber.reveal()} ${call.caller.reveal()}`;
    const isParty = hasBooking(call);
    const route = isParty ? (routes.get(key) ?? newRoute(call, limits)) : undefined;
    const sessionId = `session-${index}`;
    const decision = routeCall({ sessionId, callerUnreadable: false, ...call }, route, nowMs);
    if (decision.kind === 'connect' && route !== undefined) {
      routes.set(key, { ...route, ...withCall(route, { sessionId, atMs: nowMs }) });
      legs.push(...connected(call.seconds));
    } else {
      const hungUpOn =
        !isParty && watches[index % ENVIRONMENTS]?.tried(call.caller, call.virtualNumber).hungUpOn === true;
      if (!hungUpOn) legs.push({ direction: 'inbound', seconds: MESSAGE_SECONDS });
      if (isParty) refused += 1;
    }
    unguarded.push(
      ...(isParty ? connected(call.seconds) : [{ direction: 'inbound' as const, seconds: MESSAGE_SECONDS }]),
    );
  }
  return { percent: (100 * costOf(legs, PRICES)) / costOf(unguarded, PRICES), refused };
}

function newRoute({ virtualNumber }: Dialled, limits: CallRoute['limits']): CallRoute {
  return {
    bookingId: 'booking',
    callee: phone(999_999),
    callerId: virtualNumber,
    mayCall: true,
    recordCalls: false,
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    blocked: false,
    limits,
    callCount: 0,
    recentCalls: [],
  };
}

const each = (make: (index: number) => Omit<Dialled, 'atMs'>, gapMs: number): Dialled[] =>
  Array.from({ length: CALLS }, (_, index) => ({ ...make(index), atMs: START_MS + index * gapMs }));

/** What four attacks of 10,000 calls cost with the settings as they are, and whom an ordinary day refuses. */
export function measureMisuse(): Topic {
  const nobody = () => false;
  const everybody = () => true;
  const one = { caller: phone(1), virtualNumber: poolNumber(1) };
  const attacks: readonly [string, readonly Dialled[], (call: Dialled) => boolean][] = [
    [
      'scanner: one phone, 100 numbers, a call every second',
      each((index) => ({ caller: phone(1), virtualNumber: poolNumber(index % 100), seconds: 0 }), 1000),
      nobody,
    ],
    ['redialler: one booking, calls of a second', each(() => ({ ...one, seconds: 1 }), 2000), everybody],
    [
      'revenue share: one booking, calls of ten minutes',
      each(() => ({ ...one, seconds: 600 }), 600_000),
      everybody,
    ],
    [
      'traffic pump: 20 phones without a booking, 100 numbers',
      each(
        (index) => ({ caller: phone(index % 20), virtualNumber: poolNumber(index % 100), seconds: 0 }),
        1000,
      ),
      nobody,
    ],
  ];
  // An ordinary day: 3,000 bookings with three or four calls each, one in twenty from a phone that is not known.
  const day = each(
    (index) => ({ caller: phone(index % 3000), virtualNumber: poolNumber(index % 50), seconds: 90 }),
    8640,
  );
  const isKnown = ({ caller }: Dialled) => Number(caller.revealDigits()) % 20 !== 0;
  const rows: Row[] = attacks.map(([name, calls, hasBooking]) =>
    atMost(`${name}, % of the unguarded cost`, play(calls, hasBooking).percent, 1),
  );
  return {
    title: `Misuse: ${CALLS} calls each`,
    how:
      `The decisions of the service with the default settings, ${ENVIRONMENTS} environments, by prices of 0.03 and 0.05 a ` +
      'minute. Unguarded: every call is connected, or told why not.',
    rows: [...rows, atMost('ordinary day, parties refused', play(day, isKnown).refused, 0)],
  };
}
