import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type DynamoDbEngine,
  startDynamoDbEngine,
} from '../../../../lib/local-cloud/dynamodb/dynamodb-engine.ts';
import { type EngineProxy, startEngineProxy } from '../../../../lib/local-cloud/dynamodb/engine-proxy.ts';
import { createItemClient, type ItemClient } from '../support/item-client.ts';

describe('the proxy in front of the database engine', () => {
  let engine: DynamoDbEngine;
  let proxy: EngineProxy;
  let items: ItemClient;

  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    proxy = await startEngineProxy({ target: engine.endpoint });
    items = createItemClient(proxy.endpoint);
    await items.createTableAndPut('first');
  });
  afterEach(() => {
    proxy.setFaults({});
    proxy.setTarget(engine.endpoint);
  });
  afterAll(async () => {
    await proxy.stop();
    await engine.stop();
  });

  test('counts the requests of every operation', async () => {
    proxy.resetCounts();

    await items.isPresent('first');
    await items.isPresent('first');
    await items.put('second');

    expect(proxy.requestCounts()).toEqual({ GetItem: 2, PutItem: 1 });
  });

  test('counts what it did to requests, each once', async () => {
    proxy.resetCounts();
    proxy.setFaults({ throttleEvery: 2, failEvery: 3, loseAnswerEvery: 5 });

    await inTurn(6, () => items.isPresent('first'));
    proxy.setFaults({ stopped: true });
    await inTurn(1, () => items.isPresent('first'));
    const counted = proxy.faultCounts();
    proxy.resetCounts();

    expect(counted).toEqual({
      throttled: 3,
      failed: 1,
      failedAfterApplying: 0,
      unanswered: 1,
      cut: 1,
    });
    expect(proxy.faultCounts()).toEqual({
      throttled: 0,
      failed: 0,
      failedAfterApplying: 0,
      unanswered: 0,
      cut: 0,
    });
  });

  test('throttles every second request when told to', async () => {
    proxy.setFaults({ throttleEvery: 2 });

    const outcomes = await inTurn(4, () => items.isPresent('first'));

    expect(outcomes).toEqual([
      'done',
      'ProvisionedThroughputExceededException',
      'done',
      'ProvisionedThroughputExceededException',
    ]);
  });

  test('fails only the operations it is told to', async () => {
    proxy.setFaults({ failEvery: 1, operations: ['PutItem'] });

    const reads = await inTurn(1, () => items.isPresent('first'));
    const writes = await inTurn(1, () => items.put('refused'));

    expect(reads).toEqual(['done']);
    expect(writes).toEqual(['InternalServerError']);
  });

  test('loses an answer after the write has happened', async () => {
    proxy.setFaults({ loseAnswerEvery: 1, operations: ['PutItem'] });

    const outcome = await inTurn(1, () => items.put('written-unheard'));

    expect(outcome).not.toEqual(['done']);
    expect(await items.isPresent('written-unheard')).toBe(true);
  });

  test('cuts connections while stopped, and serves again afterwards', async () => {
    proxy.setFaults({ stopped: true });
    const whileStopped = await inTurn(2, () => items.isPresent('first'));

    proxy.setFaults({});
    const afterwards = await inTurn(2, () => items.isPresent('first'));

    expect(whileStopped).not.toContain('done');
    expect(afterwards).toEqual(['done', 'done']);
  });

  test('keeps its address when the engine behind it goes away', async () => {
    proxy.setTarget(undefined);

    const withoutEngine = await inTurn(1, () => items.isPresent('first'));

    expect(withoutEngine).not.toContain('done');
  });
});

/** Runs an action some times, one after the other, and tells how each ended: `done`, or its error's name. */
async function inTurn(times: number, action: () => Promise<unknown>): Promise<string[]> {
  const outcomes: string[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    outcomes.push(
      await action().then(
        () => 'done',
        (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
      ),
    );
  }
  return outcomes;
}
