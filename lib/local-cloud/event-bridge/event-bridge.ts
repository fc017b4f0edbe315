import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { Operations } from '../secrets/aws-json-server.ts';
import { compilePattern, type EventMatcher } from '../template/event-pattern.ts';
import { ACCOUNT_ID, REGION } from '../template/physical-names.ts';
import type { EventTarget, RuleDefinition } from '../template/trigger-definitions.ts';

/** An event as EventBridge hands it to targets. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** A stand-in for EventBridge: takes events, keeps them, and hands them to the targets of the rules they match. */
export interface EventBridge {
  readonly operations: Operations;
  /** What was put on a bus (without a name: on any), oldest first. */
  archive(busName?: string): BusEvent[];
  /** Sends an event to targets as a rule would; for schedules. */
  trigger(targets: readonly EventTarget[], event: BusEvent): void;
}

const KEPT_EVENTS = 10_000;
const MOST_ENTRIES = 10;

const EntrySchema = z.looseObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});
const PutEventsInput = z.looseObject({ Entries: z.array(EntrySchema).min(1).max(MOST_ENTRIES) });

type Entry = z.infer<typeof EntrySchema>;

/** Makes the stand-in with the rules of the template. */
export function createEventBridge(
  rules: readonly RuleDefinition[],
  asyncInvocations: AsyncInvocations,
): EventBridge {
  const compiled: { busName: string; matches: EventMatcher; targets: readonly EventTarget[] }[] = rules
    .filter(({ pattern }) => pattern !== undefined)
    .map(({ busName, pattern, targets }) => ({ busName, matches: compilePattern(pattern), targets }));
  const kept: { busName: string; event: BusEvent }[] = [];

  const trigger = (targets: readonly EventTarget[], event: BusEvent): void => {
    for (const { arn, input } of targets) {
      asyncInvocations.deliver(arn, input === undefined ? event : JSON.parse(input));
    }
  };

  const put = (entry: Entry): Record<string, string> => {
    const detail = readDetail(entry);
    if (typeof detail === 'string') return { ErrorCode: 'MalformedDetail', ErrorMessage: detail };
    const event = createBusEvent(entry, detail);
    const busName = entry.EventBusName.split('/').pop() ?? 'default';
    kept.push({ busName, event });
    if (kept.length > 2 * KEPT_EVENTS) kept.splice(0, KEPT_EVENTS);
    for (const rule of compiled) {
      if (rule.busName === busName && rule.matches(event)) trigger(rule.targets, event);
    }
    return { EventId: event.id };
  };

  return {
    trigger,
    archive: (busName) =>
      kept.filter((entry) => busName === undefined || entry.busName === busName).map(({ event }) => event),
    operations: {
      'AWSEvents.PutEvents': (input) => {
        const Entries = PutEventsInput.parse(input).Entries.map(put);
        return {
          Entries,
          FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
        };
      },
    },
  };
}

/** @returns the detail, or as text what is wrong with the entry. */
function readDetail({ Source, DetailType, Detail }: Entry): object | string {
  if (!Source || !DetailType) return 'Source and DetailType are required.';
  try {
    const detail: unknown = JSON.parse(Detail ?? '');
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? detail
      : 'Detail is not an object.';
  } catch {
    return 'Detail is malformed.';
  }
}

function createBusEvent({ Source = '', DetailType = '', Resources, Time }: Entry, detail: object): BusEvent {
  const atMs = Time === undefined ? Date.now() : Time * 1000;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: ACCOUNT_ID,
    time: new Date(atMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: REGION,
    resources: Resources,
    detail,
  };
}
