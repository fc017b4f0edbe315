import { createHash } from 'node:crypto';
import { ProblemError } from '../../domain/problems.ts';

/** Where a page ended: texts of sort keys and days; never a phone number, since cursors travel in URLs. */
export type CursorPosition = Readonly<Record<string, string>>;

/** Ties a cursor to its search, so that it is refused with another one and when it was altered. */
function seal(position: string, search: string): string {
  return createHash('sha256').update(`${search}\n${position}`).digest('base64url').slice(0, 16);
}

/** @param search what was searched for, in any stable form; it is not readable from the cursor. */
export function writeCursor(position: CursorPosition, search: string): string {
  const text = JSON.stringify(position);
  return Buffer.from(JSON.stringify([text, seal(text, search)])).toString('base64url');
}

/** @throws ProblemError INVALID_REQUEST at `cursor` when it is not one that this search was answered with. */
export function readCursor(cursor: string | undefined, search: string): CursorPosition | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [text, given]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof text === 'string' && given === seal(text, search)) return JSON.parse(text);
  } catch {
    // Falls through: an unreadable cursor and an altered one are the same mistake.
  }
  throw new ProblemError('INVALID_REQUEST', 'The cursor does not belong to this search.', {
    issues: [
      { path: 'cursor', message: 'must be the `nextCursor` of the page before, with the same filters' },
    ],
  });
}
