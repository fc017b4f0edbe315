import * as z from 'zod';
import { createRandom } from './random.ts';
import type { EventWebhook, WebhookType } from './webhook-types.ts';

const probability = z.number().min(0).max(1);
const LONGEST_DELAY_SECONDS = 86_400;
const SLOWEST_MS = 600_000;

const faultsOfOneWebhook = z.strictObject({
  /** How likely a delivery is made twice. */
  duplicate: probability.optional(),
  /** How likely a delivery is held back until a flush. */
  drop: probability.optional(),
  /** Shortest and longest delay in simulated seconds; what falls behind the end of its session waits for a flush. */
  delaySeconds: z
    .tuple([z.number().min(0).max(LONGEST_DELAY_SECONDS), z.number().min(0).max(LONGEST_DELAY_SECONDS)])
    .refine(([shortest, longest]) => shortest <= longest, 'the shortest delay comes first')
    .optional(),
  /** Whether deliveries of this type change places, with each other and with the other reordered types. */
  reorder: z.boolean().optional(),
  /** Simulated milliseconds that the network adds to every answer. */
  slowMs: z.number().min(0).max(SLOWEST_MS).optional(),
});

/** What goes wrong with the deliveries of each webhook type. */
export const faultsSchema = z.strictObject({
  VCA: faultsOfOneWebhook.optional(),
  VCS: faultsOfOneWebhook.optional(),
  VSS: faultsOfOneWebhook.optional(),
  VRU: faultsOfOneWebhook.optional(),
  VNU: faultsOfOneWebhook.optional(),
});
export type Faults = z.output<typeof faultsSchema>;

/** The fate of one webhook request, drawn from the seed alone. */
export interface Fate {
  readonly dropped: boolean;
  readonly duplicated: boolean;
  readonly delayMs: number;
  readonly duplicateDelayMs: number;
  readonly slowMs: number;
}

/** Draws the fate of the `index`-th request of this type in the session of this seed: the same every time. */
export function drawFate(faults: Faults, seed: string, webhook: WebhookType, index: number): Fate {
  const random = createRandom(seed, 'fate', webhook, index);
  const {
    drop = 0,
    duplicate = 0,
    delaySeconds: [shortest, longest] = [0, 0],
    slowMs = 0,
  } = faults[webhook] ?? {};
  return {
    dropped: random.chance(drop),
    duplicated: random.chance(duplicate),
    delayMs: Math.round(random.between(shortest, longest) * 1000),
    duplicateDelayMs: Math.round(random.between(shortest, longest) * 1000),
    slowMs,
  };
}

/** An event with the simulated time at which it is due. */
export interface DueEvent {
  readonly webhook: EventWebhook;
  readonly dueMs: number;
}

/** A delivery to make now, or one that is held back until somebody flushes. */
export interface PlannedDelivery<Event extends DueEvent> {
  readonly event: Event;
  readonly dueMs: number;
  readonly slowMs: number;
  readonly heldBack: 'dropped' | 'delayed' | undefined;
}

/**
 * Turns the events of a session into deliveries: duplicated, delayed, dropped and reordered as the seed says. Those to
 * be made now come in the order in which they are to be made.
 */
export function planDeliveries<Event extends DueEvent>(
  events: readonly Event[],
  faults: Faults,
  seed: string,
): PlannedDelivery<Event>[] {
  const endMs = Math.max(...events.map(({ dueMs }) => dueMs));
  const seen = new Map<EventWebhook, number>();
  const planned = events.flatMap((event) => {
    const index = seen.get(event.webhook) ?? 0;
    seen.set(event.webhook, index + 1);
    return copiesOf(event, drawFate(faults, seed, event.webhook, index), endMs);
  });
  return reorder(
    planned.sort((left, right) => left.dueMs - right.dueMs),
    faults,
    seed,
  );
}

function copiesOf<Event extends DueEvent>(event: Event, fate: Fate, endMs: number): PlannedDelivery<Event>[] {
  const delays = fate.duplicated ? [fate.delayMs, fate.duplicateDelayMs] : [fate.delayMs];
  return delays.map((delayMs) => {
    const dueMs = event.dueMs + delayMs;
    const heldBack = fate.dropped ? 'dropped' : delayMs > 0 && dueMs > endMs ? 'delayed' : undefined;
    return { event, dueMs, slowMs: fate.slowMs, heldBack };
  });
}

/** Shuffles the deliveries of the types that ask for it among the places that these types hold. */
function reorder<Event extends DueEvent>(
  planned: readonly PlannedDelivery<Event>[],
  faults: Faults,
  seed: string,
): PlannedDelivery<Event>[] {
  const moves = (delivery: PlannedDelivery<Event>) =>
    delivery.heldBack === undefined && faults[delivery.event.webhook]?.reorder === true;
  const shuffled = createRandom(seed, 'reorder').shuffled(planned.filter(moves));
  return planned.map((delivery) => (moves(delivery) ? (shuffled.shift() ?? delivery) : delivery));
}
