import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { projectRoot } from '../../../lib/bundling.ts';

/** Runs the program of a function in surroundings of its own, and gives what it exports. */
export type Program = (
  globals: Readonly<Record<string, unknown>>,
  require: (name: string) => unknown,
) => {
  readonly handler: (event: unknown, context: object) => Promise<unknown>;
};

/** What a program takes from its surroundings rather than from the process that plays the world. */
const TAKEN = [
  'Date',
  'Math',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'AbortSignal',
  'performance',
  'process',
  'fetch',
  'crypto',
  'console',
  'globalThis',
  'global',
];

/**
 * Bundles every function as it stands in `functions/`, its own wiring included. Only the AWS SDK and Node's modules
 * stay outside, so that the world can stand in for them.
 * @returns the programs by the name of their folder.
 */
export async function bundlePrograms(): Promise<ReadonlyMap<string, Program>> {
  const folder = path.join(projectRoot, 'functions');
  const names = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'index.ts')));
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: Object.fromEntries(names.map((name) => [name, path.join(folder, name, 'index.ts')])),
    outdir: 'out',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    supported: { 'dynamic-import': false },
    write: false,
    logLevel: 'silent',
  });
  return new Map(outputFiles.map((file) => [path.basename(file.path, '.js'), compile(file.path, file.text)]));
}

function compile(filename: string, text: string): Program {
  const compiled = compileFunction(text, ['require', 'module', 'exports', ...TAKEN], { filename });
  return (globals, require) => {
    const module: { exports: Record<string, unknown> } = { exports: {} };
    compiled(require, module, module.exports, ...TAKEN.map((name) => globals[name]));
    return module.exports as ReturnType<Program>;
  };
}
