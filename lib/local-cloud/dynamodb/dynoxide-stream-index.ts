import { DatabaseSync } from 'node:sqlite';

const LOCK_TIMEOUT_MS = 2_000;

/**
 * Gives the stream records of a dynoxide database an index, while the engine runs or before. Without one the engine
 * looks through all records of a table for each that it adds or hands out, so every write costs more than the one
 * before; with it the ten-thousandth costs what the first did.
 * @returns false when the file is not laid out as expected; the engine then works as it does by itself.
 */
export function indexStreamRecords(databaseFile: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(databaseFile, { timeout: LOCK_TIMEOUT_MS });
    database.exec(
      'CREATE INDEX IF NOT EXISTS _stream_records_by_sequence ' +
        'ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
    return true;
  } catch {
    return false;
  } finally {
    database?.close();
  }
}
