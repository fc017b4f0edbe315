import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { parseJson } from '../shared/domain/parse-json.ts';
import type { CallDecision } from '../shared/domain/session.ts';
import { DECISION_LINE_CODE, decodeDecision } from '../shared/observability/decision-line.ts';

/** A decision as the call-action function logged it. */
export interface DecidedCall {
  readonly sessionId: string;
  readonly decision: CallDecision;
}

/** What a delivery held; lines that are no decision are counted, because there should be none. */
export interface DecisionDelivery {
  readonly decided: readonly DecidedCall[];
  readonly unreadable: number;
}

const subscriptionEvent = z.object({ awslogs: z.object({ data: z.string() }) });
/** A message whose body is the event of an invocation that failed. */
const queuedEvent = z.object({ Records: z.tuple([z.object({ body: z.string() })]) });

const delivery = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ message: z.string() })),
});

const decidedLine = z.object({ code: z.literal(DECISION_LINE_CODE), record: z.string() });

const loggedDecision = z.object({
  sessionId: z.string(),
  eventId: z.optional(z.string()),
  bookingId: z.optional(z.string()),
  kind: z.string(),
  atMs: z.number(),
  words: z.optional(z.string()),
});

/**
 * Reads what CloudWatch Logs delivers, gzip in base64, one JSON text a line; or a message that holds such a delivery,
 * one that could not be stored and was moved back.
 * @throws for an event of another kind; a control message is a delivery without decisions.
 */
export function readDecisions(event: unknown): DecisionDelivery {
  const queued = queuedEvent.safeParse(event);
  const { awslogs } = subscriptionEvent.parse(
    queued.success ? parseJson(queued.data.Records[0].body) : event,
  );
  const text = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8');
  const { messageType, logEvents } = delivery.parse(JSON.parse(text));
  if (messageType !== 'DATA_MESSAGE') return { decided: [], unreadable: 0 };
  const decided = logEvents.map(({ message }) => readLine(message)).filter((call) => call !== undefined);
  return { decided, unreadable: logEvents.length - decided.length };
}

function readLine(message: string): DecidedCall | undefined {
  const line = decidedLine.safeParse(parseJson(message));
  const decided = line.success ? loggedDecision.safeParse(decodeDecision(line.data.record)) : undefined;
  if (decided?.success !== true) return undefined;
  const { sessionId, eventId, bookingId, kind, atMs, words } = decided.data;
  return {
    sessionId,
    // Without an id of its own a request is told by its time: the same line delivered twice stays one.
    decision: {
      eventId: eventId ?? `at-${atMs}`,
      kind,
      bookingId,
      atMs,
      ...(words !== undefined && { words }),
    },
  };
}
