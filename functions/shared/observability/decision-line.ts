import { parseJson } from '../domain/parse-json.ts';

/**
 * The line of the log from which the record of calls takes a decision. Its ids travel in a field that is never masked,
 * because a masked id is another id; they are encoded, so that an id made of digits is not a phone number in a log.
 */

/** A decision as it was made. */
export interface LoggedDecision {
  readonly sessionId: string;
  readonly eventId: string | undefined;
  readonly bookingId: string | undefined;
  readonly kind: string;
  readonly atMs: number;
  /** The steps of a conversation in words. */
  readonly words?: string | undefined;
}

/** The code of the line, by which the record's subscription finds it. */
export const DECISION_LINE_CODE = 'CALL_DECIDED';

/** Encodes a decision for the field `record` of its line. */
export function encodeDecision(decision: LoggedDecision): string {
  return Buffer.from(JSON.stringify(decision)).toString('base64url');
}

/** Decodes the field; what comes out is JSON of any shape, or undefined. */
export function decodeDecision(record: string): unknown {
  return parseJson(Buffer.from(record, 'base64url').toString('utf8'));
}
