import { describe, expect, test } from 'vitest';
import { createRouteMatcher } from '../../../../lib/local-cloud/gateway/http-routing.ts';

function matcherOf(...routeKeys: string[]) {
  const match = createRouteMatcher(
    routeKeys.map((routeKey) => ({ routeKey, functionName: 'f', integrationTimeoutMs: 30_000 })),
  );
  return (method: string, path: string) => match(method, path)?.route.routeKey;
}

describe('the routes of the HTTP API', () => {
  test('prefer fixed text to variables, and variables to greedy ones, whatever their order', () => {
    const match = matcherOf(
      'ANY /{proxy+}',
      'PUT /v1/numbers/{e164}',
      'PUT /v1/numbers/sync',
      'ANY /v1/{rest+}',
    );

    expect(match('PUT', '/v1/numbers/sync')).toBe('PUT /v1/numbers/sync');
    expect(match('PUT', '/v1/numbers/123')).toBe('PUT /v1/numbers/{e164}');
    expect(match('PUT', '/v1/numbers/123/more')).toBe('ANY /v1/{rest+}');
    expect(match('GET', '/else')).toBe('ANY /{proxy+}');
  });

  test('prefer a method of their own to ANY', () => {
    const match = matcherOf('ANY /v1/bookings', 'GET /v1/bookings');

    expect(match('GET', '/v1/bookings')).toBe('GET /v1/bookings');
    expect(match('DELETE', '/v1/bookings')).toBe('ANY /v1/bookings');
  });

  test('fall back to the default route, or to none', () => {
    expect(matcherOf('$default')('GET', '/anything')).toBe('$default');
    expect(matcherOf('GET /a')('POST', '/a')).toBeUndefined();
    expect(matcherOf('GET /a/{b}')('GET', '/a')).toBeUndefined();
  });

  test('decode path variables', () => {
    const match = createRouteMatcher([
      { routeKey: 'PUT /v1/numbers/{e164}', functionName: 'f', integrationTimeoutMs: 30_000 },
      { routeKey: 'GET /files/{path+}', functionName: 'f', integrationTimeoutMs: 30_000 },
    ]);

    expect(match('PUT', '/v1/numbers/%2B6531290001')?.pathParameters).toEqual({ e164: '+6531290001' });
    expect(match('GET', '/files/a/b%20c')?.pathParameters).toEqual({ path: 'a/b c' });
    expect(match('PUT', '/v1/numbers/%E0%A4%A')?.pathParameters).toEqual({ e164: '%E0%A4%A' });
  });
});
