import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadFauxqsInternals } from '../../../../lib/local-cloud/storage/fauxqs-internals.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fauxqs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the inside of fauxqs', () => {
  test('is there in the installed version', async () => {
    const parts = await loadFauxqsInternals();

    expect(Object.keys(parts)).toHaveLength(6);
  });

  test('is missed by the name of its file, and with what to do', async () => {
    await expect(loadFauxqsInternals(folder)).rejects.toThrow(
      /no file sqs\/sqsStore\.js.*install that version, or adapt/,
    );
  });

  test('is missed by the name of the part when the file has another content', async () => {
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const name of ['sqs', 'sns', 's3']) mkdirSync(path.join(folder, name));
    const files = [
      'sqs/sqsStore',
      'sns/snsStore',
      's3/s3Store',
      'persistence',
      's3/fileS3Persistence',
      'initConfig',
    ];
    for (const file of files) writeFileSync(path.join(folder, `${file}.js`), 'export const other = 1;');

    await expect(loadFauxqsInternals(folder)).rejects.toThrow(/no \w+ in \S+\.js/);
  });
});
