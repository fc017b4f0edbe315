import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleCallAction, type StaticPart } from '../../support/call-action-bundle.ts';

const MOST_ENTRY_BYTES = 150 * 1024;

let folder: string;
let staticPart: StaticPart;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'call-action-bundle-'));
  ({ staticPart } = bundleCallAction(folder));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what answers a call', () => {
  test('has an entry of at most 150 KB', () => {
    expect(staticPart.entryBytes).toBeLessThanOrEqual(MOST_ENTRY_BYTES);
  });

  test('contains the DynamoDB client, so that the list below is not empty for a wrong reason', () => {
    const found = [...staticPart.modules].filter((module) => module.includes('@aws-sdk/client-dynamodb/'));

    expect(found).not.toEqual([]);
  });

  test.each([
    '@aws-sdk/client-s3/',
    '@aws-sdk/client-sqs/',
    '@aws-sdk/client-secrets-manager/',
    '@aws-sdk/client-eventbridge/',
    '@aws-sdk/client-sso/',
    '@aws-sdk/client-sts/',
    '@aws-sdk/credential-provider-sso/',
    'libphonenumber-js/',
    'zod/v4/classic/',
    'zod/v4/locales/',
    'functions/booking-api/',
  ])('does not load %s before it can answer', (unwanted) => {
    const found = [...staticPart.modules].filter((module) => module.includes(unwanted));

    expect(found).toEqual([]);
  });
});
