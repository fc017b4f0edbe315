import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentMp3 } from '../../../../lib/simulated-8x8/mp3.ts';
import { hangup, type Playground, startPlayground } from '../../../support/simulated-8x8/playground.ts';

const LARGEST_FILE_BYTES = 5120 * 1024;

const riff = (bytes: number): Buffer => {
  const file = Buffer.alloc(bytes);
  file.write('RIFF', 0, 'latin1');
  file.write('WAVE', 8, 'latin1');
  return file;
};

const files: Readonly<Record<string, Uint8Array>> = {
  '/hello.mp3': silentMp3(2),
  '/titled.mp3': Buffer.from('ID3 and the rest'),
  '/hello.wav': riff(64),
  '/without-extension': silentMp3(2),
  '/longest.wav': riff(LARGEST_FILE_BYTES),
  '/too-long.wav': riff(LARGEST_FILE_BYTES + 1),
  '/page.mp3': Buffer.from('<html>Not found</html>'),
  '/empty.mp3': Buffer.alloc(0),
};
const asked: string[] = [];
const fileServer = createServer(({ url = '' }, response) => {
  asked.push(url);
  const file = files[url];
  response.writeHead(file === undefined ? 404 : 200).end(file);
});

let playground: Playground;
let baseUrl: string;
beforeAll(async () => {
  playground = await startPlayground();
  await new Promise<void>((resolve) => fileServer.listen(0, '127.0.0.1', resolve));
  const address = fileServer.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  fileServer.closeAllConnections();
  fileServer.close();
  await playground.stop();
});
beforeEach(async () => {
  asked.length = 0;
  await playground.startOver();
});

const play = (fileUrl: string, request: object = {}) => {
  playground.answerWith({ action: 'playFile', params: { fileUrl } }, hangup);
  return playground.call(request);
};

test.each(['/hello.mp3', '/titled.mp3', '/hello.wav', '/without-extension', '/longest.wav'])(
  'a caller hears %s',
  async (path) => {
    const report = await play(baseUrl + path);

    expect(report).toMatchObject({ status: 'COMPLETED', error: null, heard: [baseUrl + path] });
  },
);

test.each([
  ['/nowhere.mp3', 'the file was answered with 404'],
  ['/too-long.wav', 'the file is larger than 5120 KB'],
  ['/page.mp3', 'the file is neither mp3 nor wav'],
  ['/empty.mp3', 'the file is neither mp3 nor wav'],
])('the session ends with -2006 for %s, since %s', async (path, reason) => {
  const report = await play(baseUrl + path);

  expect(report).toMatchObject({ status: 'ERROR', heard: [], error: { code: -2006, reason } });
});

test('the session ends with -2006 where nobody answers', async () => {
  const report = await play('http://127.0.0.1:9/hello.mp3');

  expect(report.error).toMatchObject({ code: -2006, reason: 'the file could not be reached' });
});

test('a file is downloaded once an hour', async () => {
  const file = `${baseUrl}/hello.mp3`;
  const at = (minutes: number) => new Date(Date.UTC(2026, 1, 16, 8, minutes)).toISOString();

  for (const minutes of [0, 30, 59, 75]) await play(file, { at: at(minutes) });

  expect(asked).toEqual(['/hello.mp3', '/hello.mp3']);
});

test('a file that was refused is asked for again', async () => {
  await play(`${baseUrl}/nowhere.mp3`);
  await play(`${baseUrl}/nowhere.mp3`);

  expect(asked).toHaveLength(2);
});
