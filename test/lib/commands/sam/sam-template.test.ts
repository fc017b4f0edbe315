import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { forward } from '../../../../lib/commands/sam/container-network.ts';
import { folderOf, logicalIdOf, sampleFor, samTemplate } from '../../../../lib/commands/sam/sam-template.ts';

const facts = {
  endpoints: { DYNAMODB: 'http://127.0.0.1:40001', SECRETS_MANAGER: 'http://127.0.0.1:40002' },
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  functions: [
    {
      logicalId: 'CallActionFunction',
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      codeFolder: '/project/.build/call-action',
      memoryMb: 1024,
      timeoutMs: 3000,
      environment: {
        CALL_ROUTES_TABLE: 'number-masking-local-CallRoutesTable',
        QUARANTINE_QUEUE_URL: 'http://127.0.0.1:40003/000000000000/quarantine',
      },
    },
    {
      logicalId: 'AccountSetupProviderframeworkonEvent',
      handler: 'framework.onEvent',
      runtime: 'nodejs24.x',
      codeFolder: '/project/cdk.out/asset',
      memoryMb: 128,
      timeoutMs: 3000,
      environment: {},
    },
  ],
};

test('a function gets the names and addresses of the local cloud, as a container reaches them', () => {
  const template = samTemplate(facts, 'x86_64', (port) => `host.docker.internal:${port + 1}`);

  expect(template).toMatchObject({
    Resources: {
      CallActionFunction: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          CodeUri: '/project/.build/call-action',
          Architectures: ['x86_64'],
          Environment: {
            Variables: {
              CALL_ROUTES_TABLE: 'number-masking-local-CallRoutesTable',
              QUARANTINE_QUEUE_URL: 'http://host.docker.internal:40004/000000000000/quarantine',
              AWS_ENDPOINT_URL_DYNAMODB: 'http://host.docker.internal:40002',
              AWS_ACCESS_KEY_ID: 'local',
            },
          },
          Events: { Route0: { Properties: { Path: '/webhooks/call-action', Method: 'POST' } } },
        },
      },
    },
  });
});

test('there is nothing in it but the functions of the project, so that nothing is warned of', () => {
  const template: object = samTemplate(facts, 'arm64', (port) => `host.docker.internal:${port}`);

  expect(Object.keys(Object(template).Resources)).toEqual(['CallActionFunction']);
});

test('people name a function by its folder or by its logical id', () => {
  expect(['call-action', 'booking-api', 'CallActionFunction'].map(logicalIdOf)).toEqual([
    'CallActionFunction',
    'BookingApiFunction',
    'CallActionFunction',
  ]);
  expect(folderOf('RecordingUploadedFunction')).toBe('recording-uploaded');
});

test('the sample asks for the number of the booking that was made for it', () => {
  const sample = {
    version: '2.0',
    headers: { authorization: 'Bearer of a book', host: 'h' },
    body: '{"payload":{"subAccountId":"theirs","destination":"+1"}}',
  };

  const event = sampleFor(sample, {
    authorization: 'Bearer local',
    subAccountId: 'local_masking',
    call: { source: '+6591110001', destination: '+6531290007' },
  });

  expect(event).toEqual({
    version: '2.0',
    headers: { authorization: 'Bearer local', host: 'h' },
    body: '{"payload":{"subAccountId":"local_masking","destination":"+6531290007","source":"+6591110001"}}',
  });
});

test('a port of loopback is passed on to where containers reach it', async () => {
  const service = createServer((_, response) => response.end('the local service'));
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const server = await forward('127.0.0.1', portOf(service));
  try {
    const answer = await fetch(`http://127.0.0.1:${portOf(server)}`, { headers: { connection: 'close' } });

    expect(await answer.text()).toBe('the local service');
  } finally {
    server.close();
    service.close();
  }
});

function portOf(server: { address(): unknown }): number {
  return Number(Object(server.address()).port);
}
