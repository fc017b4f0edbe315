import { expect, test, vi } from 'vitest';
import { createAccountTraces } from '../../../../functions/shared/adapters/parameter-store.ts';
import { startAwsJsonServer } from '../../../../lib/local-cloud/secrets/aws-json-server.ts';
import { createParameterStore } from '../../../../lib/local-cloud/secrets/parameter-store.ts';

test('what a set-up has registered at 8x8 is remembered until it is forgotten', async () => {
  const server = await startAwsJsonServer();
  server.serve(createParameterStore());
  vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
  vi.stubEnv('AWS_REGION', 'ap-southeast-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const traces = createAccountTraces('/number-masking/prod/8x8-account');
  const first = { webhookUrls: ['https://a.example/webhooks/call-action'], recordingPaths: [] };
  const second = { ...first, recordingPaths: ['/bucket/recordings/'] };
  try {
    const before = await traces.recall();
    await traces.remember(first);
    await traces.remember(second);
    const remembered = await traces.recall();
    await traces.forget();
    await traces.forget();

    expect(before).toEqual({ webhookUrls: [], recordingPaths: [] });
    expect(remembered).toEqual(second);
    expect(await traces.recall()).toEqual({ webhookUrls: [], recordingPaths: [] });
  } finally {
    vi.unstubAllEnvs();
    await server.stop();
  }
});
