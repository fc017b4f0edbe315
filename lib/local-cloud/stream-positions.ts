import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { StreamPositions } from './stream-poller.ts';

const PositionsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * Keeps in a file how far each event source mapping has read its stream, so that a restart neither repeats nor
 * skips changes.
 * @returns the positions of one mapping, by its logical id.
 */
export function createStreamPositions(file: string): (mappingId: string) => StreamPositions {
  const all = existsSync(file) ? PositionsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  return (mappingId) => ({
    get: (shardId) => all[mappingId]?.[shardId],
    set(shardId, sequenceNumber) {
      all[mappingId] = { ...all[mappingId], [shardId]: sequenceNumber };
      writeFileSync(`${file}.new`, JSON.stringify(all));
      renameSync(`${file}.new`, file);
    },
  });
}
