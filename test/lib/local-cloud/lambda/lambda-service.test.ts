import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { InvocationOutcome } from '../../../../lib/local-cloud/lambda/runtime-api.ts';
import type { FunctionDefinition } from '../../../../lib/local-cloud/template/function-definitions.ts';
import {
  fixtureFolder,
  fixtureFunction,
  type LambdaFixture,
  startLambda,
} from '../support/function-fixture.ts';
import { isRunning } from '../support/processes.ts';

let fixture: LambdaFixture | undefined;
afterEach(async () => {
  await fixture?.stop();
  fixture = undefined;
});

function start(functions: FunctionDefinition[], options: { mostEnvironments?: number } = {}): LambdaFixture {
  fixture = startLambda(functions, options);
  return fixture;
}

/** A server that answers nobody until `guests` requests wait for it at the same time. */
async function openMeeting(guests: number) {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === guests) for (const guest of waiting) guest.end('all here');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

describe('a function of the local cloud', () => {
  test("runs under the Lambda's Node with AWS's own runtime and only the environment it is given", async () => {
    process.env.OF_THE_DEVELOPER = 'private';
    const definition = fixtureFunction('inspect', { environment: { TABLE: 'bookings' }, memoryMb: 256 });
    const { lambda } = start([definition]);

    const { variables, context, nodeMajor, remainingMs } = answer(await lambda.invoke(definition.name, {}));

    expect(nodeMajor).toBe('24');
    expect(variables).toMatchObject({ TABLE: 'bookings', AWS_LAMBDA_FUNCTION_NAME: 'Test-inspect' });
    expect(variables).not.toHaveProperty('OF_THE_DEVELOPER');
    expect(context).toMatchObject({ memoryLimitInMB: '256', invokedFunctionArn: definition.arn });
    expect(remainingMs).toBeGreaterThan(0);
    delete process.env.OF_THE_DEVELOPER;
  });

  test('keeps its environment from one event to the next', async () => {
    const { lambda } = start([fixtureFunction('inspect')]);

    const first = answer(await lambda.invoke('Test-inspect', {}));
    const second = answer(await lambda.invoke('Test-inspect', {}));

    expect(second.environmentId).toBe(first.environmentId);
    expect(second.invocations).toBe(2);
  });

  test('is ready before its first event when it was warmed up', async () => {
    const { lambda } = start([fixtureFunction('inspect')]);
    await lambda.warmUp('inspectFunction');

    const pids = lambda.pids('inspectFunction');
    const { pid } = answer(await lambda.invoke('Test-inspect', {}));

    expect(pids).toEqual([pid]);
  });

  test('runs events that come together side by side, and lets the rest wait for a free environment', async () => {
    const { lambda } = start([fixtureFunction('wait')], { mostEnvironments: 2 });

    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => lambda.invoke('Test-wait', { milliseconds: 5 })),
    );

    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(8).fill('answered'));
    expect(new Set(outcomes.map((outcome) => answer(outcome).environmentId)).size).toBeLessThanOrEqual(2);
  });

  test('gets an environment for each event that waits for something, however few processors there are', async () => {
    const { lambda } = start([fixtureFunction('ask', { timeoutMs: 60_000 })]);
    const meeting = await openMeeting(12);

    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => lambda.invoke('Test-ask', { url: meeting.url })),
    );
    await meeting.close();

    expect(outcomes.map(answer)).toEqual(Array(12).fill('all here'));
  });

  test('is throttled beyond its reserved concurrency', async () => {
    const { lambda } = start([fixtureFunction('wait', { reservedConcurrency: 1 })]);

    const outcomes = await Promise.all([
      lambda.invoke('Test-wait', { milliseconds: 5 }),
      lambda.invoke('Test-wait', { milliseconds: 5 }),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'throttled']);
  });

  test('reports what it threw', async () => {
    const { lambda, printed } = start([fixtureFunction('fail')]);

    const outcome = await lambda.invoke('Test-fail', {});

    expect(outcome).toEqual({ kind: 'failed', errorType: 'TypeError', errorMessage: 'as asked' });
    expect(printed.join('\n')).toContain('as asked');
  });

  test('is killed when its time is up, and starts anew for the next event', async () => {
    const { lambda, logs } = start([fixtureFunction('wait', { timeoutMs: 200 })]);
    const first = answer(await lambda.invoke('Test-wait', { milliseconds: 1 }));

    const late = await lambda.invoke('Test-wait', { milliseconds: 60_000 });
    const next = answer(await lambda.invoke('Test-wait', { milliseconds: 1 }));

    expect(late).toMatchObject({ kind: 'failed', errorType: 'Sandbox.Timedout' });
    expect(logs.lines('waitFunction').join('\n')).toContain('Task timed out after 0.20 seconds');
    expect(next.environmentId).not.toBe(first.environmentId);
  });

  test('fails the event during which it crashes, and starts anew for the next', async () => {
    const { lambda } = start([fixtureFunction('crash'), fixtureFunction('inspect')]);

    const crashed = await lambda.invoke('Test-crash', {});
    const again = await lambda.invoke('Test-crash', {});

    expect(crashed).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' });
    expect(crashed).toHaveProperty('errorMessage', expect.stringContaining('exit status 3'));
    expect(again).toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  test('survives that an idle environment is killed from outside', async () => {
    const { lambda } = start([fixtureFunction('inspect')]);
    const { pid } = answer(await lambda.invoke('Test-inspect', {}));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => lambda.pids('inspectFunction')).toEqual([]);

    const next = answer(await lambda.invoke('Test-inspect', {}));

    expect(next.pid).not.toBe(pid);
  });

  test('that cannot be loaded fails its events with the reason', async () => {
    const { lambda } = start([fixtureFunction('handler', { codeFolder: fixtureFolder('broken') })]);

    const outcome = await lambda.invoke('Test-handler', {});

    expect(outcome).toEqual({ kind: 'failed', errorType: 'RangeError', errorMessage: 'no start' });
  });

  test('leaves no process behind when the cloud stops', async () => {
    const { lambda } = start([fixtureFunction('inspect'), fixtureFunction('wait')]);
    await lambda.invoke('Test-inspect', {});
    const running = lambda.invoke('Test-wait', { milliseconds: 60_000 });
    await expect.poll(() => lambda.pids('waitFunction').length).toBe(1);
    const pids = [...lambda.pids('inspectFunction'), ...lambda.pids('waitFunction')];

    await lambda.stop();

    expect(await running).toMatchObject({ kind: 'failed' });
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('that is not there is an error of its caller', async () => {
    const { lambda } = start([]);

    const outcome = await lambda.invoke('Test-nothing', {});

    expect(outcome).toMatchObject({ kind: 'failed', errorType: 'ResourceNotFoundException' });
  });
});

describe('the lines that functions write', () => {
  test('are kept per function and reach listeners at once', async () => {
    const { lambda, logs } = start([fixtureFunction('say')]);
    const heard: string[] = [];
    logs.onLine(({ message }) => heard.push(message));

    await lambda.invoke('Test-say', { lines: ['{"level":"INFO","code":"CALL_DECIDED"}', 'plain'] });

    await expect.poll(() => heard).toEqual(['{"level":"INFO","code":"CALL_DECIDED"}', 'plain']);
    expect(logs.lines('sayFunction')).toEqual(heard);
  });

  test('are printed when they are errors or not JSON', async () => {
    const { lambda, printed } = start([fixtureFunction('say')]);

    await lambda.invoke('Test-say', { lines: ['{"level":"INFO"}', '{"level":"ERROR"}', 'plain'] });

    await expect.poll(() => printed).toEqual(['sayFunction: {"level":"ERROR"}', 'sayFunction: plain']);
  });
});

function answer(outcome: InvocationOutcome) {
  if (outcome.kind !== 'answered') throw new Error(`Expected an answer, got ${JSON.stringify(outcome)}.`);
  return JSON.parse(outcome.payload);
}
