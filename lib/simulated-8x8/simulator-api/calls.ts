import { type CallReport, reportCall } from '../call-engine/call-report.ts';
import { playInboundCall } from '../call-engine/session-run.ts';
import { ok, type Route, readBody, SimulatorRequestError } from '../http.ts';
import { type InboundCallRequest, inboundCallSchema, outboundScriptSchema } from '../model/call-request.ts';
import { toE164 } from '../model/phone-numbers.ts';
import type { SubAccount } from '../model/sub-account.ts';
import { type Platform, settled } from '../platform.ts';

const MOST_LISTED = 1_000;

/** Playing calls, and looking at what was played. */
export function callRoutes(platform: Platform): Route[] {
  return [
    {
      method: 'POST',
      path: '/simulator/calls',
      summary: 'Play a call to a virtual number, from the first ring to the last event',
      async handle({ body }) {
        const request = readBody(inboundCallSchema, body);
        const session = await playInboundCall(platform, subAccountOf(platform, request), request);
        return ok(reportCall(platform, session));
      },
    },
    {
      method: 'POST',
      path: '/simulator/outbound-behaviour',
      summary: 'What the parties of the next Send Callflow sessions do',
      handle({ body }) {
        platform.run.outbound = readBody(outboundScriptSchema, body);
        return ok(platform.run.outbound);
      },
    },
    {
      method: 'GET',
      path: '/simulator/sessions',
      summary: 'The sessions, newest first; ?limit= and ?status= narrow them',
      handle({ query }) {
        const status = query.get('status');
        const sessions = [...platform.run.sessions.values()]
          .reverse()
          .filter((session) => status === null || session.status === status)
          .slice(0, readLimit(query.get('limit')));
        return ok({
          items: sessions.map((session) => withoutExchanges(reportCall(platform, session))),
          nextCursor: null,
        });
      },
    },
    {
      method: 'GET',
      path: '/simulator/sessions/{sessionId}',
      summary: 'One session with every webhook exchange; ?wait=true waits until nothing is under way',
      async handle({ params, query }) {
        if (query.get('wait') === 'true') await settled(platform);
        const session = platform.run.sessions.get(params.sessionId ?? '');
        if (session === undefined) {
          throw new SimulatorRequestError(
            404,
            'SESSION_NOT_FOUND',
            'There is no session with this id since the last reset. GET /simulator/sessions lists them.',
          );
        }
        return ok(reportCall(platform, session));
      },
    },
    {
      method: 'GET',
      path: '/simulator/events',
      summary: 'What the system published to EventBridge, newest last',
      handle: async () => ok({ items: await platform.publishedEvents(), nextCursor: null }),
    },
  ];
}

function subAccountOf(platform: Platform, { to }: InboundCallRequest): SubAccount {
  const called = toE164(to) ?? '';
  const owner = [...platform.subAccounts.values()].find(({ numbers }) => numbers.has(called));
  if (owner !== undefined) return owner;
  throw new SimulatorRequestError(
    404,
    'NUMBER_NOT_FOUND',
    'No sub-account has the virtual number in `to`. GET /simulator/numbers lists them; PUT /simulator/numbers/{e164} adds one.',
    [{ path: 'to', message: 'is not a virtual number of a simulated sub-account' }],
  );
}

function readLimit(text: string | null): number {
  const limit = text === null ? MOST_LISTED : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED) return limit;
  throw new SimulatorRequestError(
    400,
    'INVALID_REQUEST',
    `limit must be a whole number from 1 to ${MOST_LISTED}.`,
    [{ path: 'limit', message: `from 1 to ${MOST_LISTED}` }],
  );
}

function withoutExchanges({ exchanges, ...report }: CallReport): object {
  return { ...report, exchangeCount: exchanges.length };
}
