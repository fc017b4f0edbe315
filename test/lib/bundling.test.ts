import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleFunction } from '../../lib/bundling.ts';
import { ConfigurationError } from '../../lib/configuration/configuration-error.ts';

/** Two functions: one that can be bundled, and one that leans on a module of the old kind. */
const sources = {
  'greeting/index.ts': `
    import { greetingFor } from './words.ts';
    export async function handler(event: { language: string }): Promise<string> {
      if (event.language === 'en') return greetingFor(event.language);
      const { rareGreetingFor } = await import('./rare-words.ts');
      return rareGreetingFor(event.language);
    }`,
  'greeting/words.ts':
    "export const greetingFor = (language: string): string => 'hello in '.concat(language);",
  'greeting/rare-words.ts':
    "export const rareGreetingFor = (language: string): string => 'a rare word in '.concat(language);",
  'requiring/index.ts': `
    import { hostName } from './legacy.cjs';
    export const handler = async (): Promise<string> => hostName();`,
  'requiring/legacy.cjs': `
    const os = require('node:os');
    exports.hostName = () => os.hostname();`,
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'number-masking-bundles-'));
  for (const [file, source] of Object.entries(sources)) {
    const target = path.join(root, 'functions', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, source);
  }
});
afterEach(() => rmSync(root, { recursive: true }));

function bundle(name: string, outputFolder = 'bundles') {
  return bundleFunction(name, {
    functionsFolder: path.join(root, 'functions'),
    outputFolder: path.join(root, outputFolder),
  });
}

const read = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
  );

describe('a bundle', () => {
  test('is an ES module that runs, with what is rarely needed in a chunk apart', async () => {
    const { folder } = bundle('greeting');

    const { handler } = await import(pathToFileURL(path.join(folder, 'index.mjs')).href);

    expect(await handler({ language: 'en' })).toBe('hello in en');
    expect(await handler({ language: 'la' })).toBe('a rare word in la');
    expect(readFileSync(path.join(folder, 'index.mjs'), 'utf8')).not.toContain('a rare word');
  });

  test('holds its modules and their source maps, and nothing of the sources', () => {
    const files = read(bundle('greeting').folder);

    for (const [file, content] of Object.entries(files)) {
      expect(file).toMatch(/^(index|rare-words|chunk)(-[A-Z\d]+)?\.mjs(\.map)?$/);
      if (file.endsWith('.map')) expect(JSON.parse(content)).not.toHaveProperty('sourcesContent');
      else expect(content).toContain(`//# sourceMappingURL=${file}.map`);
    }
  });

  test('is the same, byte for byte, every time', () => {
    const first = read(bundle('greeting').folder);
    const second = read(bundle('greeting', 'more-bundles').folder);

    expect(second).toEqual(first);
  });

  test('loses what an earlier version left behind, and keeps untouched what is right', () => {
    const { folder } = bundle('greeting');
    const entry = path.join(folder, 'index.mjs');
    const writtenMs = statSync(entry).mtimeMs;
    writeFileSync(path.join(folder, 'chunk-OLD.mjs'), '');

    bundle('greeting');

    expect(existsSync(path.join(folder, 'chunk-OLD.mjs'))).toBe(false);
    expect(statSync(entry).mtimeMs).toBe(writtenMs);
  });

  test('tells beside itself what went into it', () => {
    const { folder, metafile } = bundle('greeting');

    expect(JSON.parse(readFileSync(`${folder}.meta.json`, 'utf8'))).toEqual(metafile);
    expect(
      Object.keys(metafile.inputs)
        .map((file) => path.basename(file))
        .sort(),
    ).toEqual(['index.ts', 'rare-words.ts', 'words.ts']);
  });
});

describe('what cannot be bundled', () => {
  test('a function without an entry file is named, with the file that is missing', () => {
    expect(() => bundle('farewell')).toThrow(ConfigurationError);
    expect(() => bundle('farewell')).toThrow(
      /^The function "farewell" has no entry file: expected .+functions\/farewell\/index\.ts, exporting "handler"\.$/,
    );
  });

  test('a module that would fail on a call because it needs require() is named', () => {
    expect(() => bundle('requiring')).toThrow(
      /"requiring" cannot be bundled as an ES module: .+legacy\.cjs loads "node:os" with require\(\)/,
    );
  });
});
