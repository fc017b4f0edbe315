import { readFile } from 'node:fs/promises';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { readCallerMessages } from '../../functions/call-action/caller-messages.ts';
import { createCallActionHandler } from '../../functions/call-action/handler.ts';
import { createIncomingCalls } from '../../functions/shared/adapters/dynamodb/conversations/incoming-calls.ts';
import { createLogger } from '../../functions/shared/observability/logger.ts';
import { makeBooking } from '../../functions/shared/use-cases/make-booking.ts';
import { draftOf, person } from '../support/bookings.ts';
import type { TestDatabase } from '../support/dynamodb-engine.ts';
import { openDynamoDbWorld } from '../support/dynamodb-world.ts';
import { percentile } from './percentiles.ts';
import type { Topic } from './report.ts';

const AUTHORIZATION = 'Bearer bench';
const WARM_UP = 50;

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:bench',
  memoryLimitInMB: '512',
  awsRequestId: 'bench',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => 3000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const noConversation = () => Promise.reject(new Error('A party of a booking needs no conversation.'));

/** What the handler of a call takes beyond the one read it cannot do without. */
export async function measureCallTime(database: TestDatabase, quick: boolean): Promise<Topic> {
  const tables = await database.createTables();
  const world = await openDynamoDbWorld(database, { tables });
  await world.addNumbers(10);
  const { booking } = await makeBooking(draftOf(person(1), person(2)), world.deps);
  const number = booking.parties[0].virtualNumber;
  const documents = DynamoDBDocumentClient.from(database.client);
  const handler = createCallActionHandler({
    acceptedAuthorizations: { get: async () => [AUTHORIZATION] },
    allowedSourceIps: undefined,
    incomingCalls: createIncomingCalls(documents, tables, undefined),
    conversation: noConversation,
    messages: readCallerMessages(JSON.stringify({ default: {}, byCountry: {} }), 'plus'),
    numberFormat: 'plus',
    ownSubAccount: '',
    recordCalls: true,
    strangers: { tries: 0, restMs: 3_600_000 },
    deadlineMs: 1000,
    queues: { quarantine: async () => undefined },
    logger: createLogger('call-action', () => undefined),
    nowMs: () => world.clock.nowMs,
  });
  const sample: APIGatewayProxyEventV2 = JSON.parse(
    await readFile(new URL('../events/call-action.json', import.meta.url), 'utf8'),
  );
  const body = JSON.parse(sample.body ?? '{}');
  Object.assign(body.payload, { source: person(1).reveal(), destination: number.reveal() });
  // Each call is a session of its own: one that was answered is not looked up again.
  const requestOf = (sessionId: string, eventId: string) => ({
    ...sample,
    headers: { ...sample.headers, authorization: AUTHORIZATION },
    body: JSON.stringify({ ...body, payload: { ...body.payload, sessionId, eventId } }),
  });
  const key = { virtualNumber: number.reveal(), caller: person(1).reveal() };
  const read = () =>
    documents.send(new GetCommand({ TableName: tables.callRoutes, Key: key, ConsistentRead: true }));

  const handled: number[] = [];
  const bare: number[] = [];
  database.proxy.resetCounts();
  const rounds = WARM_UP + (quick ? 200 : 1000);
  for (let round = 0; round < rounds; round += 1) {
    const request = requestOf(`session-${round}`, `event-${round}`);
    const startedAt = performance.now();
    const answer = await handler(request, context);
    const betweenAt = performance.now();
    await read();
    const endedAt = performance.now();
    if (answer.body?.includes('makeCall') !== true) throw new Error('The call was not connected.');
    if (round < WARM_UP) continue;
    handled.push(betweenAt - startedAt);
    bare.push(endedAt - betweenAt);
  }
  const all = Object.values(database.proxy.requestCounts()).reduce((sum, count) => sum + count, 0);
  const requests = all / rounds - 1;
  const beyond = (share: number): number => percentile(handled, share) - percentile(bare, share);
  return {
    title: 'Time to answer a call, beyond the bare GetItem',
    how:
      `${handled.length} calls and as many bare reads in turn, in one process with the proxy in front of the local ` +
      'engine. The difference of the percentiles is what the handler adds.',
    rows: [
      { what: 'bare GetItem, p50 ms', measured: percentile(bare, 0.5) },
      { what: 'bare GetItem, p99 ms', measured: percentile(bare, 0.99) },
      { what: 'handler, p50 ms', measured: percentile(handled, 0.5) },
      { what: 'handler, p99 ms', measured: percentile(handled, 0.99) },
      { what: 'handler beyond the read, p50 ms', measured: beyond(0.5) },
      { what: 'handler beyond the read, p99 ms', measured: beyond(0.99) },
      {
        what: 'DynamoDB requests per call',
        measured: requests,
        limit: 1,
        ok: requests === 1,
      },
    ],
  };
}
