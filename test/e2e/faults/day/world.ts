import type { Random } from '../../../../functions/shared/domain/allocation.ts';
import { createLogger, type Logger } from '../../../../functions/shared/observability/logger.ts';
import type { RecordingFinder } from '../../../../functions/shared/ports/recordings.ts';
import type { RawWebhook, WebhookQueues } from '../../../../functions/shared/ports/webhook-queues.ts';
import { createMemoryWorld } from '../../../support/memory-booking-store.ts';
import { createMemoryCalls } from './memory-calls.ts';
import { createUnreliableWorld, type UnreliableWorld } from './unreliable.ts';

/** What all functions of the day share: one log, one clock, one store, and a world that fails. */
export interface DayWorld extends UnreliableWorld {
  readonly lines: string[];
  readonly logger: Logger;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly world: ReturnType<typeof createMemoryWorld>;
  readonly calls: ReturnType<typeof createMemoryCalls>;
  readonly queues: WebhookQueues;
  /** Webhooks that wait to be replayed. */
  readonly waiting: RawWebhook[];
  /** A bucket in which every second recording is missing. */
  readonly bucket: RecordingFinder;
}

export function openWorld(random: Random): DayWorld {
  const lines: string[] = [];
  const waiting: RawWebhook[] = [];
  const world = createMemoryWorld({ random });
  let looks = 0;
  return {
    ...createUnreliableWorld(random),
    lines,
    logger: createLogger('day', (line) => lines.push(line)),
    random,
    nowMs: () => world.clock.nowMs,
    world,
    calls: createMemoryCalls(),
    waiting,
    queues: {
      keepForRetry: async (event) => {
        waiting.push(event);
      },
      quarantine: async () => undefined,
    },
    bucket: {
      async find({ recordingId }) {
        looks += 1;
        return looks % 2 === 0 ? undefined : { key: `recordings/${recordingId}.mp3`, sizeBytes: 9 };
      },
    },
  };
}
