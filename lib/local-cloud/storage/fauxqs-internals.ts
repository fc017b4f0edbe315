import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/*
 * The one place that knows how fauxqs is built inside. Its own start function listens on every network interface of
 * the machine; the parts that it starts do not, but they are not among the package's exports, so they are loaded by
 * their files. After an upgrade of the package, look here first.
 */

/** The parts that are used, by the file of the package that each is in. */
const FILES = {
  SqsStore: 'sqs/sqsStore.js',
  SnsStore: 'sns/snsStore.js',
  S3Store: 's3/s3Store.js',
  PersistenceManager: 'persistence.js',
  FileS3Persistence: 's3/fileS3Persistence.js',
  applyInitConfig: 'initConfig.js',
} as const;

type Part = keyof typeof FILES;

/**
 * Loads the parts of the package that it does not export.
 * @param folder where the package's main file lies.
 * @throws Error that names the file or the part that the installed version no longer has.
 */
export async function loadFauxqsInternals(
  folder = path.dirname(fileURLToPath(import.meta.resolve('fauxqs'))),
  // biome-ignore lint/suspicious/noExplicitAny: the package declares no types for its inside.
): Promise<Record<Part, any>> {
  const parts = await Promise.all(
    Object.entries(FILES).map(async ([part, file]) => [part, await loadPart(folder, part, file)] as const),
  );
  // biome-ignore lint/suspicious/noExplicitAny: as above; every name of FILES is there, or loading has thrown.
  return Object.fromEntries(parts) as Record<Part, any>;
}

async function loadPart(folder: string, part: string, file: string): Promise<unknown> {
  const location = path.join(folder, file);
  const told = (what: string) =>
    new Error(
      `The installed fauxqs has no ${what}. This release uses the inside of fauxqs 2.4.1: install that version, or ` +
        'adapt lib/local-cloud/storage/fauxqs-internals.ts to the new one.',
    );
  if (!existsSync(location)) throw told(`file ${file}`);
  const found: Record<string, unknown> = await import(pathToFileURL(location).href);
  if (typeof found[part] !== 'function') throw told(`${part} in ${file}`);
  return found[part];
}
