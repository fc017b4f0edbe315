import { describe, expect, test } from 'vitest';
import { refusalOfForeign } from '../../../../lib/local-cloud/service/foreign-pages.ts';

const own = { host: '127.0.0.1:3000' };
const sent = (method: string, headers: Record<string, string>, path = '/v1/bookings') =>
  refusalOfForeign({ method, headers: { ...own, ...headers } }, path)?.status;
const json = { 'content-type': 'application/json', 'content-length': '2' };

describe('a page of another site', () => {
  test.each([
    'http://evil.example',
    'https://127.0.0.1.evil.example',
    'null',
    'http://localhost.evil.example:3000',
  ])('from %s may read nothing and change nothing', (origin) => {
    expect(sent('GET', { origin })).toBe(403);
    expect(sent('POST', { origin, ...json })).toBe(403);
    expect(sent('OPTIONS', { origin })).toBe(403);
  });

  test.each([
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.nip.io:3000',
    '192.168.1.7:3000',
    'localhost.evil.example',
  ])('that leads to this machine by the name %s is not answered', (host) => {
    expect(sent('GET', { host })).toBe(403);
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', ''])(
    'that sends a form of type %j changes nothing',
    (type) => {
      expect(sent('POST', { 'content-type': type, 'content-length': '2' })).toBe(415);
      expect(sent('DELETE', { 'content-type': type, 'transfer-encoding': 'chunked' })).toBe(415);
    },
  );
});

describe('whoever works on this machine', () => {
  test.each(['127.0.0.1:3000', 'localhost:3000', '[::1]:3000', 'localhost'])('is answered at %s', (host) => {
    expect(sent('GET', { host })).toBeUndefined();
  });

  test('may call from the pages of this machine, whatever their port', () => {
    expect(sent('POST', { origin: 'http://localhost:3001', ...json })).toBeUndefined();
  });

  test('may send JSON of every kind, and no body at all', () => {
    expect(sent('PUT', { ...json, 'content-type': 'application/json; charset=utf-8' })).toBeUndefined();
    expect(sent('POST', { ...json, 'content-type': 'application/cloudevents+json' })).toBeUndefined();
    expect(sent('POST', {})).toBeUndefined();
    expect(sent('DELETE', { 'content-length': '0' })).toBeUndefined();
  });

  test('may send a webhook as 8x8 would, whatever its type, through a tunnel too', () => {
    expect(
      sent('POST', { host: 'tunnel.example', 'content-length': '2' }, '/webhooks/call-action'),
    ).toBeUndefined();
    expect(sent('POST', { 'content-length': '2' }, '/webhooks/call-status')).toBeUndefined();
    expect(
      sent('POST', { 'content-length': '2', authorization: 'Bearer x' }, '/api/v1/webhooks'),
    ).toBeUndefined();
  });
});
