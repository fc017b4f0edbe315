import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/bundling.ts';

/** One import of a source file. */
export interface Import {
  /** The file, as a path from the root of the project. */
  readonly from: string;
  /** A path from the root for our own files, else the package or module. */
  readonly target: string;
  readonly isOwn: boolean;
  readonly typeOnly: boolean;
  /** Named as an address, to be started as a program of its own. */
  readonly isProgram: boolean;
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)|new URL\('(\.[^']+\.(?:ts|mjs))'/gm;

/** The imports that a text makes, as if it stood in the file. */
export function importsIn(file: string, text: string): Import[] {
  return [...text.matchAll(IMPORT)].map(([, type, named, dynamic, url]) => {
    const specifier = named ?? dynamic ?? url ?? '';
    const isOwn = specifier.startsWith('.');
    const target = isOwn ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
    return { from: file, target, isOwn, typeOnly: type !== undefined, isProgram: url !== undefined };
  });
}

/** Every source file of the project, as paths from its root. */
export function sourceFiles(): string[] {
  return ['bin', 'lib', 'functions', 'test'].flatMap((folder) =>
    readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
      .filter((file) => /\.(ts|tsx|mjs)$/.test(file)),
  );
}

/** Every import of every source file. */
export function allImports(): Import[] {
  return sourceFiles().flatMap((file) => importsIn(file, readFileSync(path.join(projectRoot, file), 'utf8')));
}

/** The groups of files that reach each other by imports, types included; the files of a group in the order found. */
export function circlesIn(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, target, isOwn, isProgram } of imports) {
    if (isOwn && !isProgram) targets.set(from, [...(targets.get(from) ?? []), target]);
  }
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];

  // Tarjan's algorithm: a file is the first of its group when nothing below it reaches further up.
  function visit(file: string): number {
    const own = order.size;
    order.set(file, own);
    open.push(file);
    let low = own;
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? order.get(target) ?? own);
    }
    lowest.set(file, low);
    if (low === own) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) circles.push(group);
    }
    return low;
  }

  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return circles;
}
