import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type BundlingOptions, bundleFunction, projectRoot } from '../../bundling.ts';

const MetafileSchema = z.object({
  inputs: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()),
});

/** What decides on a bundle beside its own sources: the versions of packages, and how bundles are made. */
const COMMON_INPUTS = ['package-lock.json', 'node_modules/.package-lock.json', 'lib/bundling.ts'];

/** A file that was saved while its bundle was being made may or may not be in it. */
const SAFETY_MS = 2_000;

/**
 * Gives the folder of a function's bundle. It is made anew only when something that went into it has changed since,
 * because making them all takes most of the time of a start.
 */
export function bundleUnlessFresh(name: string, options: BundlingOptions = {}): string {
  const outputFolder = options.outputFolder ?? path.join(projectRoot, '.build');
  const folder = path.join(outputFolder, name);
  return isFresh(folder) ? folder : bundleFunction(name, options).folder;
}

function isFresh(folder: string): boolean {
  const record = `${folder}.meta.json`;
  if (!existsSync(record)) return false;
  const madeEpochMs = statSync(record).mtimeMs - SAFETY_MS;
  const metafile = MetafileSchema.safeParse(JSON.parse(readFileSync(record, 'utf8')));
  if (!metafile.success) return false;
  const inputs = [...Object.keys(metafile.data.inputs), ...COMMON_INPUTS];
  const outputs = Object.keys(metafile.data.outputs).map((output) =>
    path.join(folder, path.basename(output)),
  );
  return (
    inputs.every((input) => isOlder(path.resolve(projectRoot, input), madeEpochMs)) &&
    outputs.every(existsSync)
  );
}

function isOlder(file: string, epochMs: number): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs < epochMs;
}
