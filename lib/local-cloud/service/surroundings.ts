import { endReaper } from '../processes/guarded-process.ts';
import { startServiceCloud } from './service-cloud.ts';
import { readSettings } from './settings.ts';
import { simulatedEightByEight } from './simulator.ts';

/** A local cloud with its simulated 8x8, whoever started it. */
export interface Surroundings {
  readonly apiUrl: string;
  readonly simulatorUrl: string;
  /** Whether it goes on after the demo. */
  readonly stays: boolean;
  /** Ends what was started for the demo, and leaves alone what was there before. */
  end(): Promise<void>;
}

/**
 * Takes the local cloud that runs already, or starts one on free ports that keeps nothing.
 * @param say told what happens, for a person who waits.
 */
export async function findOrStartCloud(
  environment: Readonly<Record<string, string | undefined>>,
  say: (message: string) => void,
): Promise<Surroundings> {
  const settings = readSettings(environment);
  const apiUrl = `http://127.0.0.1:${settings.port}`;
  const simulatorUrl = `http://127.0.0.1:${settings.simulatorPort}`;
  if ((await isHealthy(apiUrl)) && (await isHealthy(simulatorUrl))) {
    say(`Using the local cloud at ${apiUrl}.`);
    return { apiUrl, simulatorUrl, stays: true, end: async () => {} };
  }
  const service = await startServiceCloud(
    { ...settings, port: 0, simulatorPort: 0, dataFolder: undefined },
    { say, companion: simulatedEightByEight },
  );
  return {
    apiUrl: service.cloud.url,
    simulatorUrl: service.companion?.url ?? '',
    stays: false,
    async end() {
      await service.stop();
      await endReaper();
    },
  };
}

const HEALTH_PATIENCE_MS = 1_000;

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_PATIENCE_MS) });
    const body: unknown = await response.json();
    return response.ok && JSON.stringify(body).includes('"ok"');
  } catch {
    return false;
  }
}
