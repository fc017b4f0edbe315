import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile, type OutputFile } from 'esbuild';
import { ConfigurationError } from './configuration/configuration-error.ts';

/** The folder of `package.json`: what every path here is relative to, wherever the process was started. */
export const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Where bundles go and where functions come from; tests point both at folders of their own. */
export interface BundlingOptions {
  /** Folder that holds one folder per function; `functions` of the project by default. */
  readonly functionsFolder?: string;
  /** Folder that receives one folder per bundle; `.build` of the project by default. */
  readonly outputFolder?: string;
}

/** One function, ready to be deployed. */
export interface Bundle {
  /** Absolute folder of `index.mjs`, its lazily loaded chunks and their source maps; nothing else lies there. */
  readonly folder: string;
  /** What went into which output file, in bytes; also kept as JSON beside the folder, in `<name>.meta.json`. */
  readonly metafile: Metafile;
}

/**
 * Bundles `functions/<name>/index.ts` with everything it imports, the AWS SDK included, as ES modules for the
 * Lambda's Node. The same sources give the same bytes, so an unchanged function is not deployed again.
 *
 * Splitting leaves dynamically imported code (the SDK's rarely used credential providers, for one) in chunks that
 * are read on first use; that halves what a cold start has to load.
 *
 * @throws ConfigurationError when the entry file does not exist.
 */
export function bundleFunction(name: string, options: BundlingOptions = {}): Bundle {
  const functionsFolder = options.functionsFolder ?? path.join(projectRoot, 'functions');
  const folder = path.join(options.outputFolder ?? path.join(projectRoot, '.build'), name);
  const entry = path.join(functionsFolder, name, 'index.ts');
  if (!existsSync(entry)) {
    throw new ConfigurationError(
      `The function "${name}" has no entry file: expected ${path.relative(projectRoot, entry)}, exporting "handler".`,
    );
  }
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: projectRoot,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  refuseRequireOfBuiltIns(name, metafile);
  replaceFolder(folder, outputFiles);
  writeFileSync(`${folder}.meta.json`, JSON.stringify(metafile));
  return { folder, metafile };
}

/** An ES module has no `require`; esbuild would only find out when the line runs, on a call. */
function refuseRequireOfBuiltIns(name: string, metafile: Metafile): void {
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const required = imports.find(({ kind, external }) => kind === 'require-call' && external);
    if (required === undefined) continue;
    throw new ConfigurationError(
      `The function "${name}" cannot be bundled as an ES module: ${file} loads "${required.path}" with require(). ` +
        'Use a version of that package that is published as ES module.',
    );
  }
}

/**
 * Makes `folder` hold exactly `files`. What is right already is left untouched, so two processes that bundle the
 * same sources at once never take a file away from each other.
 */
function replaceFolder(folder: string, files: readonly OutputFile[]): void {
  mkdirSync(folder, { recursive: true });
  const wanted = new Set(files.map((file) => path.basename(file.path)));
  for (const present of readdirSync(folder)) {
    if (!wanted.has(present)) rmSync(path.join(folder, present), { recursive: true });
  }
  for (const file of files) {
    if (!existsSync(file.path) || !readFileSync(file.path).equals(file.contents)) {
      writeFileSync(file.path, file.contents);
    }
  }
}
