import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { PortInUseError } from './front-door.ts';
import { type Settings, SettingsError } from './settings.ts';

const CONNECT_PATIENCE_MS = 2000;

/**
 * Looks at what the start would stumble over later, so that all of it is told at once and before anything runs.
 * @throws PortInUseError, SettingsError
 */
export async function checkBeforeStart(settings: Settings): Promise<void> {
  await requireFreePorts([
    { variable: 'PORT', port: settings.port },
    { variable: 'SIMULATOR_PORT', port: settings.simulatorPort },
  ]);
  await requireListener('DYNAMODB_ENDPOINT', settings.dynamoDbEndpoint);
  await requireListener('S3_ENDPOINT', settings.s3Endpoint);
}

interface NamedPort {
  readonly variable: string;
  readonly port: number;
}

async function requireFreePorts(ports: readonly NamedPort[]): Promise<void> {
  const faults: (NamedPort & { code: string })[] = [];
  for (const each of ports) {
    const code = await whyNot(each.port);
    if (code !== undefined) faults.push({ ...each, code });
  }
  if (faults.length === 0) return;
  const told = faults.map(({ port, code }) =>
    code === 'EADDRINUSE'
      ? `Port ${port} is in use by another program.`
      : `Port ${port} cannot be used (${code}).`,
  );
  const others = faults.map(({ variable, port }) => `${variable}=${port < 1024 ? port + 3000 : port + 100}`);
  throw new PortInUseError(
    `${told.join(' ')} Free ${faults.length > 1 ? 'them' : 'it'}, or choose: ${others.join(' ')} npm start`,
  );
}

/** @returns the code of what stands in the way of listening there; undefined when nothing does. */
async function whyNot(port: number): Promise<string | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  }
}

async function requireListener(variable: string, endpoint: string | undefined): Promise<void> {
  if (endpoint === undefined) return;
  const { hostname, port, protocol } = new URL(endpoint);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    timeout: CONNECT_PATIENCE_MS,
  });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('no answer'))),
    ]);
  } catch {
    throw new SettingsError(
      `Nobody answers at ${variable}=${endpoint}. Start what should be there, or leave ${variable} out to use ` +
        'what is brought along.',
    );
  } finally {
    socket.destroy();
  }
}
