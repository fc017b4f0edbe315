import { once } from 'node:events';
import type { Server } from 'node:http';
import * as z from 'zod';
import { describeIssues, ok, type Route } from './http.ts';
import { managementRoutes } from './management-api/routes.ts';
import { subAccountOptionsSchema } from './model/sub-account.ts';
import { createPlatform, type Platform, settled } from './platform.ts';
import { createSimulatorServer, type Refuse } from './server.ts';
import { callRoutes } from './simulator-api/calls.ts';
import { numberRoutes } from './simulator-api/numbers.ts';
import { pendingRoutes } from './simulator-api/pending.ts';
import { deliverySettingsSchema, switchRoutes } from './simulator-api/switches.ts';

/** The API key and the sub-account of a simulator that is started without options. */
export const LOCAL_API_KEY = 'local-8x8-api-key';
export const LOCAL_SUB_ACCOUNT = 'local_masking';
const LOCAL_NUMBERS = Array.from(
  { length: 10 },
  (_, index) => `+65312900${String(index + 1).padStart(2, '0')}`,
);

const optionsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(0),
  apiKeys: z.array(z.string().min(1)).min(1).default([LOCAL_API_KEY]),
  subAccounts: z
    .array(subAccountOptionsSchema)
    .min(1)
    .default([{ id: LOCAL_SUB_ACCOUNT, virtualNumbers: LOCAL_NUMBERS }]),
  s3Endpoint: z.url().optional(),
  clockStart: z.iso.datetime({ offset: true }).optional(),
  seed: z.union([z.int().min(0), z.string()]).default(0),
  delivery: deliverySettingsSchema.prefault({}),
});

/** How the simulator is started; everything has a default. */
export interface Simulated8x8Options extends z.input<typeof optionsSchema> {
  /** What GET /simulator/events shows. */
  readonly publishedEvents?: Platform['publishedEvents'];
  /** Whether all is up that calls need; until then `/healthz` says that it is not. */
  readonly isReady?: () => boolean;
  /** Answers requests that are not to be served. */
  readonly refuse?: Refuse;
  /** Told what the simulator does; never a phone number. */
  readonly log?: Platform['log'];
}

/** A running simulator. */
export interface Simulated8x8 {
  readonly url: string;
  readonly port: number;
  /** Resolves when nothing goes on after its request was answered (outbound sessions, background deliveries). */
  settled(): Promise<void>;
  /** Ends what is under way and closes the port. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts a simulated 8x8 Voice platform on loopback: its management API, and calls played against the webhooks that
 * are registered there.
 * @throws Error that lists every wrong option, or that the port is taken.
 */
export async function startSimulated8x8(options: Simulated8x8Options = {}): Promise<Simulated8x8> {
  const {
    publishedEvents = () => [],
    log = () => {},
    isReady = () => true,
    refuse = () => undefined,
    ...described
  } = options;
  const settings = parseOptions(described);
  const platform = createPlatform({
    seed: String(settings.seed),
    clockStartMs: settings.clockStart === undefined ? undefined : Date.parse(settings.clockStart),
    apiKeys: settings.apiKeys,
    subAccounts: settings.subAccounts,
    s3Endpoint: settings.s3Endpoint,
    delivery: settings.delivery,
    publishedEvents,
    log,
  });
  const server = createSimulatorServer(allRoutes(platform, isReady), platform, refuse);
  server.listen(settings.port, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  log({ code: 'LISTENING', port });

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    settled: () => settled(platform),
    async stop() {
      platform.stopping.abort();
      server.closeAllConnections();
      if (server.listening) {
        server.close();
        await once(server, 'close');
      }
      await settled(platform);
      log({ code: 'STOPPED' });
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The simulated 8x8 listens on no port.');
}

function parseOptions(options: z.input<typeof optionsSchema>): z.output<typeof optionsSchema> {
  const result = optionsSchema.safeParse(options);
  if (result.success) return result.data;
  const problems = describeIssues(result.error).map(({ path, message }) => `  ${path}: ${message}`);
  throw new Error(`The simulated 8x8 cannot start with these options:\n${problems.join('\n')}`);
}

function allRoutes(platform: Platform, isReady: () => boolean): Route[] {
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the simulator is up',
      handle: () => (isReady() ? ok({ status: 'ok' }) : { status: 503, json: { status: 'starting' } }),
    },
    ...callRoutes(platform),
    ...pendingRoutes(platform),
    ...numberRoutes(platform),
    ...switchRoutes(platform),
    ...managementRoutes(platform),
  ];
  const list: Route = {
    method: 'GET',
    path: '/simulator',
    summary: 'This list',
    handle: () =>
      ok({ items: [...routes, list].map(({ method, path, summary }) => ({ method, path, summary })) }),
  };
  return [...routes, list];
}
