import { managementRoutes } from '../../../lib/simulated-8x8/management-api/routes.ts';
import { createPlatform } from '../../../lib/simulated-8x8/platform.ts';
import type { Chance } from './chance.ts';
import { API_KEY, EIGHT_BY_EIGHT_URL, SUB_ACCOUNT, type World } from './world.ts';

/** The management API of the simulated platform, asked without a network. */
export function createPlatformFetch(chance: Chance) {
  let numbers: readonly string[] = [];
  let platform: ReturnType<typeof createPlatform> | undefined;

  async function fetch(world: World, url: string, init: RequestInit): Promise<unknown> {
    const { clock } = world;
    await clock.sleep(chance.between(20, 200));
    if (!url.startsWith(EIGHT_BY_EIGHT_URL)) return answerOf(200, '');
    platform ??= createPlatform({
      seed: 'rehearsal',
      clockStartMs: clock.nowMs,
      apiKeys: [API_KEY],
      subAccounts: [{ id: SUB_ACCOUNT, virtualNumbers: [...numbers] }],
      s3Endpoint: undefined,
      delivery: { timeoutMs: 1000, retries: 0, longestAnswerBytes: 1 },
      publishedEvents: () => [],
      log: () => {},
    });
    platform.clock.set(clock.nowMs);
    const { pathname, searchParams } = new URL(url);
    const { method = 'GET', headers, body } = init;
    for (const route of managementRoutes(platform)) {
      const params = route.method === method ? paramsOf(route.path, pathname) : undefined;
      if (params === undefined) continue;
      const { status, json } = await route.handle({
        method,
        path: pathname,
        origin: EIGHT_BY_EIGHT_URL,
        query: searchParams,
        authorization: (headers as Record<string, string> | undefined)?.authorization,
        body: typeof body === 'string' ? body : '',
        params,
      });
      return answerOf(status, JSON.stringify(json ?? {}));
    }
    return answerOf(404, '{}');
  }

  return {
    fetch,
    setNumbers(all: readonly string[]) {
      numbers = all;
    },
  };
}

/** As much of a `Response` as is read. */
function answerOf(status: number, text: string) {
  return {
    status,
    ok: status < 300,
    headers: new Headers(),
    text: async () => text,
    json: async () => JSON.parse(text),
    body: { cancel: async () => {} },
  };
}

function paramsOf(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) params[name] = decodeURIComponent(given[at] ?? '');
    else if (part !== given[at]) return undefined;
  }
  return params;
}
