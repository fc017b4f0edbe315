import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../../lib/local-cloud/service/settings.ts';

const program = fileURLToPath(new URL('../../../../bin/local-cloud.ts', import.meta.url));

async function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...environment } });
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output, errors, exitCode };
}

describe('the command', () => {
  test('says at once that its port is taken, and which variable chooses another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;

    const { output, errors, exitCode } = await run({ PORT: String(port), SIMULATOR_PORT: '0' });
    other.close();

    expect(exitCode).toBe(1);
    expect(errors.trim()).toMatch(
      new RegExp(`^Port ${port} is in use by another program.*PORT=\\d+ npm start$`),
    );
    expect(output).not.toContain('ready');
  });

  test('names every variable that is wrong', async () => {
    const { errors, exitCode } = await run({ PORT: 'here', S3_ENDPOINT: 'there' });

    expect(exitCode).toBe(1);
    expect(errors).toContain('PORT: expected a port number');
    expect(errors).toContain('S3_ENDPOINT: expected an address such as http://');
    expect(errors).not.toContain('    at ');
  });
});

describe('the settings', () => {
  test('have defaults', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      simulatorPort: 3001,
      webhookAuth: 'Bearer local-webhook-secret',
      dataFolder: undefined,
      dynamoDbEndpoint: undefined,
      s3Endpoint: undefined,
      engineKind: undefined,
      credentials: undefined,
      printsAllLogs: false,
    });
  });

  test('come from the environment, where nothing counts as not set', () => {
    const settings = readSettings({ PORT: '4000', DATA_DIR: 'data', WEBHOOK_AUTH: '', LOG_LEVEL: 'DEBUG' });

    expect(settings).toMatchObject({ port: 4000, dataFolder: 'data', printsAllLogs: true });
    expect(settings.webhookAuth).toBe('Bearer local-webhook-secret');
  });

  test("take a person's own AWS keys along only to engines that the person named", () => {
    const keys = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'secret' };

    expect(readSettings(keys).credentials).toBeUndefined();
    expect(readSettings({ ...keys, S3_ENDPOINT: 'http://127.0.0.1:9000' }).credentials).toEqual({
      accessKeyId: 'mine',
      secretAccessKey: 'secret',
    });
  });
});
