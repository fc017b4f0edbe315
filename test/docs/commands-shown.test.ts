import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudProcess, startCloudProcess } from '../e2e/cloud-process.ts';
import { documents, documentText } from '../support/documents.ts';

/** What a document writes where an answer differs from run to run. */
const ANYTHING = '…';

const pairs = documents().flatMap((document) =>
  [...documentText(document).matchAll(/```sh\n(curl [\s\S]*?)\n```\n\n```json\n([\s\S]*?)\n```/g)].map(
    ([, command = '', answer = '']) => ({ document, command, answer }),
  ),
);

/** The answer as the document shows it: equal but for what it leaves open. */
function likeShown(shown: unknown, real: unknown): unknown {
  if (shown === ANYTHING) return typeof real === 'string' ? ANYTHING : real;
  if (Array.isArray(shown) && Array.isArray(real))
    return real.map((one, index) => likeShown(shown[index], one));
  if (typeof shown !== 'object' || typeof real !== 'object' || shown === null || real === null) return real;
  const known = new Map<string, unknown>(Object.entries(shown));
  return Object.fromEntries(
    Object.entries(real).map(([key, value]) => [key, likeShown(known.get(key), value)]),
  );
}

let cloud: CloudProcess;

beforeAll(async () => {
  cloud = await startCloudProcess();
}, 120_000);
afterAll(() => cloud.end('SIGTERM'));

test('the documents show commands with their answers', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(4);
});

test.each(pairs)('$document says what really happens: %#', async ({ command, answer }) => {
  const here = command.replaceAll('http://127.0.0.1:3000', cloud.url);

  const shown: unknown = JSON.parse(answer);
  await expect
    .poll(() => likeShown(shown, JSON.parse(execFileSync('sh', ['-c', here], { encoding: 'utf8' }))), {
      timeout: 20_000,
    })
    .toEqual(shown);
});
