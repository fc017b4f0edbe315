import { afterEach, expect, test } from 'vitest';
import { exampleEvent } from '../../../../functions/booking-api/event-examples.ts';
import { parseSigningKeys, signedHeaders } from '../../../../functions/event-webhook/signature.ts';
import { type Listening, runListen } from '../../../../lib/commands/listen/listen-command.ts';

const SECRET = Buffer.from('a key of four and twenty').toString('base64');
let listening: Listening | undefined;
afterEach(() => listening?.stop());

async function listen(...args: string[]) {
  const told: string[] = [];
  const write = (text: string) => told.push(text);
  listening = await runListen(args, { PORT: '1' }, { write, writeError: write });
  return { told, url: listening?.url ?? '' };
}

function post(url: string, secret: string, body: string): Promise<Response> {
  const headers = signedHeaders('e-1', body, parseSigningKeys(JSON.stringify({ secret })), Date.now());
  return fetch(url, { method: 'POST', body, headers });
}

test('an event that is signed is taken and printed', async () => {
  const { told, url } = await listen('--port', '0', '--secret', SECRET);

  const answer = await post(url, SECRET, JSON.stringify(exampleEvent('booking.created')));

  expect(answer.status).toBe(204);
  expect(told[0]).toBe(`Listening at ${url}\n`);
  expect(told[1]).toContain('booking.created');
  expect(told[1]).toContain('"reference": "ride-1042"');
});

test('an event that somebody else signed is refused and not printed', async () => {
  const { told, url } = await listen('--port', '0', '--secret', SECRET);
  const other = Buffer.from('another key, as long as it').toString('base64');

  expect((await post(url, other, JSON.stringify(exampleEvent('booking.created')))).status).toBe(401);
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  expect(told).toHaveLength(1);
});

test('without a secret and without a local cloud it says what to do', async () => {
  const { told } = await listen('--port', '0');

  expect(listening).toBeUndefined();
  expect(told.join()).toContain('No local cloud answers at http://127.0.0.1:1. Start one with npm start');
});
