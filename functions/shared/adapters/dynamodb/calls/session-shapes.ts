import * as z from 'zod/mini';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { CallDecision, SessionRecording } from '../../../domain/session.ts';
import type {
  CallQuality,
  CallStatusEvent,
  SessionLeg,
  SessionSummaryEvent,
} from '../../../domain/webhook-events.ts';

/*
 * How what is known of a call is kept: each input as a list, its fields in the order of its shape. Names would be more
 * than half of a row, and a row is paid for by the kilobyte each time something is added to it. The same shape writes
 * and reads, and it names every field of its type, so a field cannot get lost between the two.
 *
 * A new field goes to the end of its shape: rows that were written before end earlier, and it is undefined there.
 */

/** One field: how it is kept, and how what was kept is read. */
interface Field<Value> {
  pack(value: Value): unknown;
  /** @throws for what this release cannot have written. */
  unpack(stored: unknown): Value;
}

type Shape<Type> = { readonly [Key in keyof Type]-?: Field<Type[Key]> };

/** What stands under the name of an input: when it reached us, and what it says. */
export interface Kept<Content> {
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
  readonly content: Content;
}

function plain<Value>(schema: z.ZodMiniType<Value>): Field<Value> {
  return { pack: (value) => value, unpack: (stored) => schema.parse(stored) };
}

function optional<Value>(field: Field<Value>): Field<Value | undefined> {
  return {
    pack: (value) => (value === undefined ? null : field.pack(value)),
    unpack: (stored) => (stored === null || stored === undefined ? undefined : field.unpack(stored)),
  };
}

/** A list of fields without the undefined ones at its end. */
function struct<Type extends object>(shape: Shape<Type>): Field<Type> {
  const names = Object.keys(shape) as (keyof Type & string)[];
  return {
    pack(value) {
      const list = names.map((name) => shape[name].pack(value[name]));
      return list.slice(0, list.findLastIndex((one) => one !== null) + 1);
    },
    unpack(stored) {
      const list = z.array(z.unknown()).parse(stored);
      return Object.fromEntries(
        names.map((name, position) => [name, shape[name].unpack(list[position])]),
      ) as Type;
    },
  };
}

function listOf<Value>(field: Field<Value>): Field<readonly Value[]> {
  return {
    pack: (values) => values.map((value) => field.pack(value)),
    unpack: (stored) =>
      z
        .array(z.unknown())
        .parse(stored)
        .map((one) => field.unpack(one)),
  };
}

function kept<Content extends object>(shape: Shape<Content>): Field<Kept<Content>> {
  const fields = struct<Content>(shape);
  return {
    pack: ({ receivedAtMs, content }) => [receivedAtMs, ...z.array(z.unknown()).parse(fields.pack(content))],
    unpack: (stored) => {
      const [receivedAtMs, ...content] = z.array(z.unknown()).parse(stored);
      return { receivedAtMs: z.number().parse(receivedAtMs), content: fields.unpack(content) };
    },
  };
}

/** Words that every call has, by a letter each; any other is kept as it is. */
const letters: Readonly<Record<string, string>> = {
  CALL_INITIATED: 'i',
  CALL_RECEIVED: 'r',
  CALL_CONNECTED: 'c',
  CALL_DISCONNECTED: 'd',
  INBOUND: 'I',
  OUTBOUND: 'O',
  PSTN: 'P',
  COMPLETED: 'C',
  UPLOAD_COMPLETED: 'U',
};
const words = new Map(Object.entries(letters).map(([word, letter]) => [letter, word]));

const text = plain(z.string());
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const SHORT = '~';
const SHORT_LENGTH = 23;

/** An id in two thirds of its length, where it is a UUID, as those of the platform are. */
export function shortId(id: string): string {
  if (UUID.test(id)) return SHORT + Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith(SHORT) ? SHORT + id : id;
}

/** The id that {@link shortId} made short. */
export function fullId(short: string): string {
  if (!short.startsWith(SHORT)) return short;
  if (short.startsWith(SHORT + SHORT) || short.length !== SHORT_LENGTH) return short.slice(SHORT.length);
  const hex = Buffer.from(short.slice(SHORT.length), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const id: Field<string> = {
  pack: shortId,
  unpack: (stored) => fullId(z.string().parse(stored)),
};

/** A word in upper snake case, as the platform uses them; so none of them is a single letter of ours. */
const word: Field<string> = {
  pack: (value) => letters[value] ?? value,
  unpack: (stored) => {
    const kept = z.string().parse(stored);
    return words.get(kept) ?? kept;
  },
};
const number = plain(z.number());
const flag = plain(z.boolean());
const phoneNumber: Field<PhoneNumber> = {
  pack: (value) => value.reveal(),
  unpack: (stored) => PhoneNumber.from(z.string().parse(stored)),
};

/** An event without what its row says already, what is the same for all, and digits that may be a PIN. */
export type KeptEvent = Omit<CallStatusEvent, 'sessionId' | 'eventId' | 'subAccountId' | 'dtmf'>;
type KeptSummary = Omit<SessionSummaryEvent, 'sessionId'>;
type KeptDecision = Omit<CallDecision, 'eventId'>;
/** Where the platform said that it put a file is where it lies, as a rule. */
type KeptRecording = Omit<SessionRecording, 'recordingId' | 'key'> & {
  readonly key: string | true | undefined;
};

const quality = struct<CallQuality>({
  mos: optional(number),
  packetLossRate: optional(number),
  jitterMs: optional(number),
});

const leg = struct<SessionLeg>({
  leg: plain<SessionLeg['leg']>(z.enum(['A', 'B'])),
  callId: optional(id),
  direction: optional(word),
  callType: optional(word),
  status: optional(word),
  source: optional(phoneNumber),
  destination: optional(phoneNumber),
  initiatedAtMs: optional(number),
  connectedAtMs: optional(number),
  disconnectedAtMs: optional(number),
  durationSeconds: optional(number),
  quality: optional(quality),
});

export const keptEvent = kept<KeptEvent>({
  callStatus: word,
  occurredAtMs: optional(number),
  direction: optional(word),
  callId: optional(id),
  source: optional(phoneNumber),
  destination: optional(phoneNumber),
  callType: optional(word),
  durationSeconds: optional(number),
  sipCode: optional(number),
});

export const keptSummary = kept<KeptSummary>({
  sessionStatus: word,
  startedAtMs: optional(number),
  endedAtMs: optional(number),
  legs: listOf(leg),
  lastAction: optional(text),
  callCount: optional(number),
  errorCode: optional(number),
  subAccountId: optional(text),
});

const recordingFields = kept<KeptRecording>({
  verified: flag,
  status: optional(word),
  durationSeconds: optional(number),
  startedAtMs: optional(number),
  filePath: optional(text),
  key: optional(plain(z.union([z.string(), z.literal(true)]))),
  sizeBytes: optional(number),
});

export const keptRecording: Field<Kept<Omit<SessionRecording, 'recordingId'>>> = {
  pack: ({ receivedAtMs, content: { key, ...content } }) =>
    recordingFields.pack({
      receivedAtMs,
      content: { ...content, key: key !== undefined && key === content.filePath ? true : key },
    }),
  unpack(stored) {
    const { receivedAtMs, content } = recordingFields.unpack(stored);
    return {
      receivedAtMs,
      content: { ...content, key: content.key === true ? content.filePath : content.key },
    };
  },
};

export const keptDecision = kept<KeptDecision>({
  kind: text,
  bookingId: optional(text),
  atMs: number,
  words: optional(text),
});
