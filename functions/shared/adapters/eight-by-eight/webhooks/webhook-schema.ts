import * as z from 'zod/mini';
import { isAbsent, type Reader, readId } from './webhook-values.ts';

/** One fault of a body. The message says what was expected and never repeats the value: it may be a phone number. */
export interface WebhookIssue {
  /** Dotted, from the root: `payload.sessionId`; `body` for the root itself. */
  readonly path: string;
  readonly message: string;
}

/** The event, or every fault that kept the body from being one. */
export type ParsedWebhook<Event> =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly issues: readonly WebhookIssue[] };

/** The word in `eventType`, which alone says which webhook a body is. */
export function eventType<Name extends string>(name: Name) {
  return z.literal(name, `must be "${name}"`);
}

/** A value that may be missing or unreadable: it is undefined then, and the body is still accepted. */
export function optional<Value>(read: Reader<Value>) {
  return z.transform((value: unknown) => read(value));
}

/** @param expectation what the value must be, in the words of the issue */
export function required<Value>(read: Reader<Value>, expectation: string) {
  return z.transform((value: unknown, context) => {
    const found = read(value);
    if (found !== undefined) return found;
    context.issues.push({ code: 'custom', message: expectation, input: undefined });
    return z.NEVER;
  });
}

/** The id without which nothing in the event can be kept or joined. */
export function requiredId() {
  return required(readId, 'must be an id: 1 to 128 letters, digits or any of . _ : -');
}

/**
 * An object with these fields, whatever else it holds. Keys match in any case (`callA` and `CallA`, `sessionId` and
 * `sessionid` are both seen); the exact spelling wins. Only own keys count, and what lies behind an unknown key is
 * never visited.
 */
export function fields<Shape extends Record<string, z.ZodMiniType<unknown, unknown>>>(shape: Shape) {
  const object = z.object(shape);
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.transform((value: unknown, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      context.issues.push({ code: 'custom', message: 'must be an object', input: undefined });
      return z.NEVER;
    }
    const parsed = z.safeParse(object, pick(value, names));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.issues.push({ code: 'custom', path, message, input: undefined });
    }
    return z.NEVER;
  });
}

/** Absent, null and the text "null" are undefined; anything else must satisfy the schema. */
export function unlessAbsent<Value>(schema: z.ZodMiniType<Value, unknown>) {
  return z.pipe(
    z.transform((value: unknown) => (isAbsent(value) ? undefined : value)),
    z.optional(schema),
  );
}

/** For what is good to have and not worth refusing a body over: undefined where it does not satisfy the schema. */
export function ifReadable<Value>(schema: z.ZodMiniType<Value, unknown>) {
  return z.transform((value: unknown) => {
    const parsed = z.safeParse(schema, value);
    return parsed.success ? parsed.data : undefined;
  });
}

/** @param names the wanted keys by their lower-case spelling */
function pick(source: object, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const picked: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(source)) {
    const name = names.get(key.toLowerCase());
    if (name !== undefined && (key === name || !(name in picked))) picked[name] = value;
  }
  return picked;
}

/**
 * Reads a body with a schema and turns what it found into an event.
 * @returns the faults instead of throwing, whatever the body is.
 */
export function parseWebhook<Body, Event>(
  schema: z.ZodMiniType<Body, unknown>,
  toEvent: (body: Body) => Event,
  body: unknown,
): ParsedWebhook<Event> {
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return { ok: true, event: toEvent(parsed.data) };
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: path.length === 0 ? 'body' : path.join('.'),
    message,
  }));
  return { ok: false, issues };
}
