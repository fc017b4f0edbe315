import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { StreamPositions } from './stream-poller.ts';

const PositionsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * Keeps how far each event source mapping has read its stream, so that an engine that comes back neither repeats nor
 * skips changes.
 * @param file keeps it for the next run as well; undefined where the data is forgotten at the end.
 * @returns the positions of one mapping, by its logical id.
 */
export function createStreamPositions(file: string | undefined): (mappingId: string) => StreamPositions {
  const isKept = file !== undefined && existsSync(file);
  const all = isKept ? PositionsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  return (mappingId) => ({
    get: (shardId) => all[mappingId]?.[shardId],
    set(shardId, sequenceNumber) {
      all[mappingId] = { ...all[mappingId], [shardId]: sequenceNumber };
      if (file === undefined) return;
      writeFileSync(`${file}.new`, JSON.stringify(all));
      renameSync(`${file}.new`, file);
    },
  });
}
