import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** How a container reaches the services of this machine, all of which are bound to loopback. */
export interface ContainerNetwork {
  /** The address by which a container reaches a port of this machine. */
  addressFor(port: number): string;
  /** What the SAM CLI has to be told. */
  readonly samOptions: readonly string[];
  stop(): Promise<void>;
}

const HOST = 'host.docker.internal';

/**
 * Docker Desktop lets containers reach loopback by a name. Docker on Linux does not: there each port is passed on from
 * the gateway of Docker's own bridge, which containers reach and other machines do not.
 */
export async function openContainerNetwork(ports: readonly number[]): Promise<ContainerNetwork> {
  if (process.platform !== 'linux') {
    return { addressFor: (port) => `${HOST}:${port}`, samOptions: [], stop: async () => {} };
  }
  const gateway = bridgeGateway();
  const forwarders = await Promise.all(
    [...new Set(ports)].map(async (port) => ({ port, server: await forward(gateway, port) })),
  );
  const addresses = new Map(forwarders.map(({ port, server }) => [port, `${HOST}:${portOf(server)}`]));
  return {
    addressFor: (port) => addresses.get(port) ?? `${HOST}:${port}`,
    samOptions: ['--add-host', `${HOST}:${gateway}`],
    async stop() {
      await Promise.all(forwarders.map(({ server }) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function bridgeGateway(): string {
  const format = '{{(index .IPAM.Config 0).Gateway}}';
  return execFileSync('docker', ['network', 'inspect', 'bridge', '--format', format], {
    encoding: 'utf8',
  }).trim();
}

/** Passes connections to a free port of the gateway on to a port of loopback. */
export async function forward(address: string, toPort: number): Promise<Server> {
  const server = createServer((incoming) => {
    const outgoing = connect(toPort, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      socket.on('error', () => {
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  server.listen(0, address);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The forwarder has no port.');
  return address.port;
}
