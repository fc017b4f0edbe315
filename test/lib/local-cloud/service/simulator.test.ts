import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import type { CompanionHost } from '../../../../lib/local-cloud/service/service-cloud.ts';
import { readSettings } from '../../../../lib/local-cloud/service/settings.ts';
import { simulatedEightByEight } from '../../../../lib/local-cloud/service/simulator.ts';
import { LOCAL_API_KEY, LOCAL_SUB_ACCOUNT } from '../../../../lib/simulated-8x8/start-simulated-8x8.ts';

const account = { logicalId: 'Account', functionName: 'AccountSetup', properties: { apiUrl: 'http://api' } };

function host(over: Partial<CompanionHost> = {}): CompanionHost {
  return {
    endpoints: { S3: 'http://127.0.0.1:1' },
    eventBridge: { archive: () => [] },
    deployment: { customResources: [] },
    lambda: { invoke: async () => ({ kind: 'answered', payload: '{}' }) },
    ...over,
  };
}

async function prepare(environment: Record<string, string> = {}) {
  const settings = readSettings({ PORT: '0', SIMULATOR_PORT: '0', ...environment });
  const prepared = await simulatedEightByEight(settings);
  const url = String(prepared.context['eightByEight.baseUrl']);
  return { ...prepared, url };
}

async function start(over: Partial<CompanionHost> = {}, environment: Record<string, string> = {}) {
  const said: string[] = [];
  const prepared = await prepare(environment);
  const running = await prepared.start(host(over), (message) => said.push(message));
  onTestFinished(() => running.stop());
  return { ...prepared, running, said };
}

const numbersSchema = z.object({ numbers: z.array(z.object({ msisdn: z.string() })) });

async function numbersAt(url: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/subaccounts/${LOCAL_SUB_ACCOUNT}/numbers`, {
    headers: { authorization: `Bearer ${LOCAL_API_KEY}` },
  });
  return numbersSchema.parse(await response.json()).numbers.map(({ msisdn }) => msisdn);
}

test('the stack is told of the simulator, and of the key that opens it, before it runs', async () => {
  const { context, secrets, url } = await prepare();

  expect(context).toMatchObject({ 'eightByEight.subAccountId': LOCAL_SUB_ACCOUNT });
  expect(secrets[String(context['eightByEight.apiKeySecretName'])]).toBe(LOCAL_API_KEY);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('it then runs where the stack was told, with the numbers of the demo', async () => {
  const { url, running } = await start();

  const numbers = await numbersAt(url);

  expect(running).toMatchObject({ name: 'simulator', url });
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([10, '+6531290001', '+6531290010']);
});

test('the account is set up by the custom resources of the stack, which find the simulator up', async () => {
  const asked: unknown[] = [];
  const prepared = await prepare();
  const invoke: CompanionHost['lambda']['invoke'] = async (functionName, event) => {
    asked.push([functionName, event, (await numbersAt(prepared.url)).length]);
    return { kind: 'answered', payload: '{}' };
  };

  const running = await prepared.start(
    host({ deployment: { customResources: [account] }, lambda: { invoke } }),
    () => {},
  );
  onTestFinished(() => running.stop());

  expect(asked).toEqual([
    [
      'AccountSetup',
      { RequestType: 'Create', LogicalResourceId: 'Account', ResourceProperties: { apiUrl: 'http://api' } },
      10,
    ],
  ]);
});

test('an account that cannot be set up ends the start, and nothing is left running', async () => {
  const { start: startIt, url } = await prepare();
  const failing: Partial<CompanionHost> = {
    deployment: { customResources: [account] },
    lambda: {
      invoke: async () => ({ kind: 'failed', errorType: 'Error', errorMessage: 'The key is wrong.' }),
    },
  };

  await expect(startIt(host(failing), () => {})).rejects.toThrow(
    'Account could not be created: The key is wrong.',
  );
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('it shows what the service published', async () => {
  const event = { version: '0', id: '1', 'detail-type': 'call.answered', source: 'number-masking' } as const;
  const published = { ...event, account: '1', time: '', region: '', resources: [], detail: {} };
  const { url } = await start({ eventBridge: { archive: () => [published] } });

  const response = await fetch(`${url}/simulator/events`);

  expect(await response.json()).toMatchObject({ items: [event] });
});

test.each([
  [{}, 0],
  [{ LOG_LEVEL: 'debug' }, 1],
])('with %o it says so many lines about a request: %i', async (environment, lines) => {
  const { url, said } = await start({}, environment);
  said.length = 0;

  await fetch(`${url}/healthz`);

  expect(said).toHaveLength(lines);
});

test('a port that is taken is told with the variable that chooses another', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    other.close();
  });
  const address = other.address();
  const port = String(typeof address === 'object' ? address?.port : '');

  await expect(prepare({ SIMULATOR_PORT: port })).rejects.toThrow(
    new RegExp(`Port ${port} is in use by another program.*SIMULATOR_PORT=`),
  );
});
