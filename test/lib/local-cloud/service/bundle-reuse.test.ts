import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../../../../lib/local-cloud/processes/guarded-process.ts';
import { bundleUnlessFresh } from '../../../../lib/local-cloud/service/bundle-reuse.ts';

describe('the bundle of a function', () => {
  let folder: string;
  const bundle = () =>
    bundleUnlessFresh('hello', {
      functionsFolder: path.join(folder, 'functions'),
      outputFolder: path.join(folder, 'build'),
    });
  const source = () => path.join(folder, 'functions', 'hello', 'index.ts');
  const record = () => path.join(folder, 'build', 'hello.meta.json');
  const touch = (file: string, epochSeconds: number) => utimesSync(file, epochSeconds, epochSeconds);
  const inAnHour = Date.now() / 1000 + 3600;

  beforeEach(() => {
    folder = makeTemporaryFolder('bundle-test-');
    mkdirSync(path.dirname(source()), { recursive: true });
    writeFileSync(source(), 'export const handler = async () => 1;');
    bundle();
    // Later than everything that could have gone into it.
    touch(record(), inAnHour);
  });
  afterEach(() => removeTemporaryFolder(folder));

  const isMadeAnew = () => {
    bundle();
    return Math.abs(statSync(record()).mtimeMs / 1000 - inAnHour) > 1;
  };

  test('is taken as it is while nothing has changed', () => {
    expect(isMadeAnew()).toBe(false);
  });

  test('is made anew when a source has changed since, or while it was made', () => {
    touch(source(), inAnHour - 1);

    expect(isMadeAnew()).toBe(true);
  });

  test('is made anew when a part of it is gone', () => {
    const file = path.join(folder, 'build', 'hello', 'index.mjs');
    rmSync(file);

    expect(isMadeAnew()).toBe(true);
    expect(existsSync(file)).toBe(true);
  });
});
