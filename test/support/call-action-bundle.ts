import path from 'node:path';
import type { Metafile } from 'esbuild';
import { type Bundle, bundleFunction } from '../../lib/bundling.ts';

/** What a function loads before it can answer its first request. */
export interface StaticPart {
  /** The file that Lambda names as handler, without any chunk, in bytes. */
  readonly entryBytes: number;
  /** The entry with every chunk that it imports at once, in bytes. */
  readonly closureBytes: number;
  /** The source modules in it, by path. */
  readonly modules: ReadonlySet<string>;
}

/** Bundles call-action as it is deployed, into a folder of the caller's. */
export function bundleCallAction(outputFolder: string): Bundle & { readonly staticPart: StaticPart } {
  const bundle = bundleFunction('call-action', { outputFolder });
  return { ...bundle, staticPart: staticPartOf(bundle.metafile) };
}

/** Follows the static imports from the entry; lazily loaded chunks stay out. */
function staticPartOf({ outputs }: Metafile): StaticPart {
  const entry = Object.keys(outputs).find((file) => path.basename(file) === 'index.mjs');
  if (entry === undefined) throw new Error('The bundle has no index.mjs.');
  const reached = new Set<string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const one of outputs[file]?.imports ?? []) {
      if (one.kind === 'import-statement' && one.external !== true) pending.push(one.path);
    }
  }
  const parts = [...reached].flatMap((file) => outputs[file] ?? []);
  return {
    entryBytes: outputs[entry]?.bytes ?? 0,
    closureBytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    modules: new Set(
      parts.flatMap((part) =>
        Object.entries(part.inputs).flatMap(([module, { bytesInOutput }]) =>
          bytesInOutput > 0 ? [module] : [],
        ),
      ),
    ),
  };
}
