import { actionsOf } from './answers.ts';
import { type PlayedCall, people } from './scenario.ts';

/** The four who take part, from left to right. */
export const lifelines = ['caller', '8x8', 'callee', 'service'] as const;
export type Lifeline = (typeof lifelines)[number];

/** One line of a ladder: somebody does something to somebody, or hears something. */
export interface Rung {
  /** Since the first ring. */
  readonly atSeconds: number;
  readonly from: Lifeline;
  /** The same as `from` for what concerns nobody else. */
  readonly to: Lifeline;
  readonly what: string;
  readonly kind: 'call' | 'connected' | 'webhook' | 'answer' | 'heard' | 'failed' | 'recording';
}

/** What happened on a call, in order: what 8x8 did on the line, and the webhooks with their answers between it. */
export function ladderOf({ from, to, call }: PlayedCall): Rung[] {
  const [first] = call.timeline;
  const startMs = Date.parse(first?.at ?? '');
  const onTheLine = call.timeline.map((moment, order) => ({ order, ...moment }));
  const onTheWire = call.exchanges.map((exchange, order) => ({
    order,
    atSeconds: (Date.parse(exchange.at) - startMs) / 1000,
    exchange,
  }));
  const rungs: { at: number; order: number; rung: Rung }[] = [];
  for (const moment of onTheLine) {
    const rung = rungOfMoment(moment, { from, to, call });
    if (rung !== undefined) rungs.push({ at: moment.atSeconds, order: moment.order, rung });
  }
  for (const { exchange, atSeconds, order } of onTheWire) {
    for (const rung of rungsOfExchange(exchange, atSeconds))
      rungs.push({ at: atSeconds, order: 100 + order, rung });
  }
  return merge(
    rungs.sort((one, other) => one.at - other.at || one.order - other.order).map(({ rung }) => rung),
  );
}

type Moment = PlayedCall['call']['timeline'][number];
type Exchange = PlayedCall['call']['exchanges'][number];

function rungOfMoment(
  { atSeconds, leg, what, detail }: Moment,
  { to }: Pick<PlayedCall, 'from' | 'to' | 'call'>,
): Rung | undefined {
  const who: Lifeline = leg === 'A' ? 'caller' : 'callee';
  switch (what) {
    case 'rings':
      return { atSeconds, from: 'caller', to: '8x8', what: `dials ${to}`, kind: 'call' };
    case 'dialled':
      return { atSeconds, from: '8x8', to: 'callee', what: `${to} calls`, kind: 'call' };
    case 'connected':
      return leg === 'B'
        ? { atSeconds, from: 'callee', to: 'caller', what: 'answers: the two talk', kind: 'connected' }
        : undefined;
    case 'heard':
      return { atSeconds, from: who, to: who, what: `hears “${detail ?? ''}”`, kind: 'heard' };
    case 'not-connected':
      if (leg === 'A' && detail !== 'CANCELED') return endOfCall(atSeconds);
      return { atSeconds, from: who, to: '8x8', what: wordsFor(detail), kind: 'failed' };
    case 'disconnected':
      if (leg === 'A') return endOfCall(atSeconds);
      return { atSeconds, from: who, to: '8x8', what: 'hangs up', kind: 'call' };
    case 'recorded':
      return {
        atSeconds,
        from: '8x8',
        to: '8x8',
        what: 'puts the recording into S3',
        kind: 'recording',
      };
    default:
      return { atSeconds, from: who, to: who, what: [what, detail].filter(Boolean).join(' '), kind: 'call' };
  }
}

/** The callers of the demo stay on the line: what they were put through to ends, and so does their call. */
function endOfCall(atSeconds: number): Rung {
  return { atSeconds, from: '8x8', to: 'caller', what: 'ends the call', kind: 'call' };
}

function wordsFor(status: string | null): string {
  if (status === 'CANCELED') return 'gives up';
  return (status ?? 'not connected').toLowerCase().replaceAll('_', ' ');
}

function rungsOfExchange({ webhook, response, problem }: Exchange, atSeconds: number): Rung[] {
  const asked: Rung = { atSeconds, from: '8x8', to: 'service', what: webhook, kind: 'webhook' };
  if (webhook !== 'VCA') return [problem === null ? asked : { ...asked, what: `${webhook}: ${problem}` }];
  const answer = actionsOf(response?.body)
    .map(({ action, params }) => (action === 'makeCall' ? `makeCall ${nameOf(params?.destination)}` : action))
    .join(', ');
  const milliseconds = Math.round(response?.milliseconds ?? 0);
  return [
    { ...asked, what: 'VCA: what now?' },
    { atSeconds, from: 'service', to: '8x8', what: `${answer} (${milliseconds} ms)`, kind: 'answer' },
  ];
}

/** A person where it is one of the demo's, otherwise the number. */
function nameOf(number: string | undefined): string {
  const digits = number?.replace(/^\+/, '') ?? '';
  return people.get(`+${digits}`) ?? digits;
}

/** Webhooks of one type that follow each other stand on one line. */
function merge(rungs: readonly Rung[]): Rung[] {
  const merged: (Rung & { count: number })[] = [];
  for (const rung of rungs) {
    const last = merged.at(-1);
    const repeats =
      last !== undefined && rung.kind === 'webhook' && last.kind === 'webhook' && last.what === rung.what;
    if (repeats) last.count += 1;
    else merged.push({ ...rung, count: 1 });
  }
  return merged.map(({ count, ...rung }) =>
    count === 1 ? rung : { ...rung, what: `${count} × ${rung.what}` },
  );
}
