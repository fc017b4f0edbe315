import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/bundling.ts';

/** The source files below a folder of the project, as paths from its root. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
    .filter((file) => /\.(ts|mjs)$/.test(file));
}

interface Import {
  readonly from: string;
  /** A path from the root for our own files, else the package. */
  readonly target: string;
  readonly typeOnly: boolean;
}

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(projectRoot, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, type, named, dynamic]) => {
    const specifier = named ?? dynamic ?? '';
    const target = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier)
      : specifier;
    return { from: file, target, typeOnly: type !== undefined };
  });
}

const all = ['bin', 'lib', 'functions'].flatMap(sourcesBelow).flatMap(importsOf);
const from = (folder: string) => all.filter((one) => one.from.startsWith(folder));
const told = (found: readonly Import[]) => found.map((one) => `${one.from} imports ${one.target}`);

describe('imports point one way', () => {
  test('the domain imports the domain and its ports, and no package', () => {
    const wrong = from('functions/shared/domain/').filter(
      ({ target }) => !/^functions\/shared\/(domain|ports)\//.test(target),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('ports import the domain and each other', () => {
    const wrong = from('functions/shared/ports/').filter(
      ({ target }) => !/^functions\/shared\/(domain|ports)\//.test(target),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('the AWS SDK is imported by adapters and entries only', () => {
    const wrong = from('functions/').filter(
      ({ from: file, target, typeOnly }) =>
        target.startsWith('@aws-sdk/') &&
        !typeOnly &&
        !file.startsWith('functions/shared/adapters/') &&
        !file.endsWith('/index.ts'),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('no function imports another one', () => {
    const folderOf = (file: string) => file.split('/')[1];
    const wrong = from('functions/').filter(
      ({ from: file, target }) =>
        target.startsWith('functions/') &&
        !target.startsWith('functions/shared/') &&
        folderOf(file) !== folderOf(target),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('what is shared knows no function', () => {
    const wrong = from('functions/shared/').filter(
      ({ target }) => target.startsWith('functions/') && !target.startsWith('functions/shared/'),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('the infrastructure takes only names from the runtime', () => {
    const names = /^functions\/shared\/(config\/env-names|observability\/metric-names)\.ts$/;
    const wrong = from('lib/').filter(
      ({ from: file, target }) =>
        target.startsWith('functions/') &&
        !names.test(target) &&
        !/^lib\/(commands|local-cloud)\//.test(file),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('the simulated 8x8 imports nothing of ours but itself', () => {
    const wrong = from('lib/simulated-8x8/').filter(
      ({ target }) => /^(bin|lib|functions)\//.test(target) && !target.startsWith('lib/simulated-8x8/'),
    );

    expect(told(wrong)).toEqual([]);
  });

  test('files that both sides share import nothing', () => {
    const shared = ['functions/shared/config/env-names.ts', 'functions/shared/observability/metric-names.ts'];

    expect(shared.flatMap(importsOf)).toEqual([]);
  });

  test('zod is imported as a namespace, which keeps its locales out of the bundles', () => {
    const files = ['bin', 'lib', 'functions', 'test'].flatMap(sourcesBelow);
    const wrong = files.filter((file) =>
      /import (type )?\{[^}]*\} from 'zod'/.test(readFileSync(path.join(projectRoot, file), 'utf8')),
    );

    expect(wrong).toEqual([]);
  });
});
