import { describe, expect, test } from 'vitest';
import { decodePart, readTarget } from '../../../../lib/local-cloud/gateway/request-target.ts';

describe('the target of a request', () => {
  test.each([
    ['/v1/bookings?limit=1&x=?', '/v1/bookings', 'limit=1&x=?'],
    ['/v1/bookings', '/v1/bookings', ''],
    ['/', '/', ''],
    ['//', '//', ''],
    ['*', '*', ''],
    ['http://elsewhere.example:80/healthz?a=1', '/healthz', 'a=1'],
    ['HTTPS://elsewhere.example', '/', ''],
    ['http://elsewhere.example?a=1', '/', 'a=1'],
    ['http://[/healthz', '/healthz', ''],
    ['/see/http://elsewhere.example/', '/see/http://elsewhere.example/', ''],
  ])('%j is the path %j with the query %j', (url, path, query) => {
    expect(readTarget({ url })).toEqual({ path, query });
  });

  test('keeps a part that is not encoded as it should be', () => {
    expect([decodePart('%2B65'), decodePart('%zz'), decodePart('%ff')]).toEqual(['+65', '%zz', '%ff']);
  });
});
