import type { Delivery } from './soak-plan.ts';
import type { StationAnswer } from './webhook-station.ts';

/** What was answered while a soak ran. */
export interface SoakTally {
  /** Callers who were connected to the other party, to anybody else, and who heard the apology. */
  readonly connected: number;
  readonly misconnected: number;
  readonly apologies: number;
  /** Webhooks that were not answered 200. */
  readonly refused: number;
  /** Replays whose answer was lost. */
  readonly consumersKilled: number;
}

/** Counts answers, and consumers that were killed. */
export interface TallyKeeper {
  readonly counts: SoakTally;
  hear(delivery: Delivery, answer: StationAnswer): void;
  killConsumer(): void;
}

export function createTally(): TallyKeeper {
  const counts = { connected: 0, misconnected: 0, apologies: 0, refused: 0, consumersKilled: 0 };
  return {
    counts,
    hear({ callee }, { status, body }) {
      if (status !== 200) counts.refused += 1;
      else if (callee !== undefined) counts[fateOfCaller(body, callee)] += 1;
    },
    killConsumer() {
      counts.consumersKilled += 1;
    },
  };
}

function fateOfCaller(callflow: string, callee: string): 'connected' | 'misconnected' | 'apologies' {
  const actions: readonly {
    readonly action: string;
    readonly params?: { readonly destination?: unknown };
  }[] = JSON.parse(callflow).callflow;
  const calls = actions.filter(({ action }) => action === 'makeCall');
  if (calls.length === 0) return 'apologies';
  return calls.every(({ params }) => params?.destination === callee) ? 'connected' : 'misconnected';
}
