import { isInbound, type SessionOutcome, type SessionView } from './session.ts';

/** A leg of a call and how long it was connected, which is what the platform bills. */
export interface UsedLeg {
  readonly direction: 'inbound' | 'outbound';
  readonly seconds: number;
}

/** What one call used. */
export interface SessionUsage {
  readonly outcome: SessionOutcome;
  /** How long the two people were connected; 0 while that is not known. */
  readonly talkSeconds: number;
  readonly legs: readonly UsedLeg[];
}

/** What a minute of a leg costs, as the company's contract says: the platform names no price in any event. */
export interface CallPrices {
  /** ISO 4217, such as `SGD`. */
  readonly currency: string;
  readonly inboundPerMinute: number;
  readonly outboundPerMinute: number;
  /** Every leg is billed in stretches of so many seconds, a started one as a whole. */
  readonly incrementSeconds: number;
}

/** What the calls of a booking come to. */
export interface BookingTotals {
  readonly sessions: number;
  readonly outcomes: Readonly<Record<SessionOutcome, number>>;
  readonly talkSeconds: number;
  readonly inboundLegSeconds: number;
  readonly outboundLegSeconds: number;
  /** Undefined where no prices are configured. */
  readonly estimatedCost: { readonly amount: number; readonly currency: string } | undefined;
}

/** Prices are exact to a millionth, so that sums of them are. */
const MILLIONTHS = 1_000_000;

const NO_OUTCOMES: Readonly<Record<SessionOutcome, number>> = {
  answered: 0,
  missed: 0,
  busy: 0,
  failed: 0,
  canceled: 0,
  refused: 0,
  error: 0,
  'in-progress': 0,
};

/** What a call used, as far as it is known. */
export function usageOf(view: SessionView): SessionUsage {
  return { outcome: view.outcome, talkSeconds: view.durationSeconds ?? 0, legs: usedLegsOf(view) };
}

/** The legs of a call that were connected for some time. */
export function usedLegsOf({ legs }: Pick<SessionView, 'legs'>): UsedLeg[] {
  return legs
    .map((leg) => ({
      direction: isInbound(leg) ? ('inbound' as const) : ('outbound' as const),
      seconds: leg.durationSeconds ?? 0,
    }))
    .filter(({ seconds }) => seconds > 0);
}

/** Adds up what the calls of a booking used. Made of the calls anew each time, so nothing is ever counted twice. */
export function totalsOf(usages: readonly SessionUsage[], prices: CallPrices | undefined): BookingTotals {
  const legs = usages.flatMap((usage) => usage.legs);
  const secondsOf = (direction: UsedLeg['direction']) =>
    sum(legs.filter((leg) => leg.direction === direction).map(({ seconds }) => seconds));
  const outcomes = { ...NO_OUTCOMES };
  for (const { outcome } of usages) outcomes[outcome] += 1;
  return {
    sessions: usages.length,
    outcomes,
    talkSeconds: sum(usages.map(({ talkSeconds }) => talkSeconds)),
    inboundLegSeconds: secondsOf('inbound'),
    outboundLegSeconds: secondsOf('outbound'),
    estimatedCost: prices && { amount: costOf(legs, prices), currency: prices.currency },
  };
}

/** What legs cost by these prices. */
export function costOf(legs: readonly UsedLeg[], prices: CallPrices): number {
  const { inboundPerMinute, outboundPerMinute, incrementSeconds } = prices;
  const perMinute = { inbound: inboundPerMinute, outbound: outboundPerMinute };
  const millionths = legs.map(({ direction, seconds }) => {
    const billedSeconds = Math.ceil(seconds / incrementSeconds) * incrementSeconds;
    return Math.round((perMinute[direction] * MILLIONTHS * billedSeconds) / 60);
  });
  return sum(millionths) / MILLIONTHS;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
