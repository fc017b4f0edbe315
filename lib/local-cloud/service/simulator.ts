import {
  LOCAL_API_KEY,
  LOCAL_SUB_ACCOUNT,
  startSimulated8x8,
} from '../../simulated-8x8/start-simulated-8x8.ts';
import { createCustomResource } from '../lambda/custom-resources.ts';
import { demoNumbers } from './demo-pool.ts';
import { refusalOfForeign } from './foreign-pages.ts';
import { openFrontDoor } from './front-door.ts';
import type { Companion } from './service-cloud.ts';

/** The secret that the stack of stage `local` reads its 8x8 API key from. */
const API_KEY_SECRET = 'local/8x8-api-key';

/**
 * A simulated 8x8 beside the local cloud. The stack is synthesized for its account, and the account is then set up by
 * the stack's own custom resource, as a deployment would set up a real one.
 */
export const simulatedEightByEight: Companion = async ({ simulatorPort, printsAllLogs }) => {
  // The stack has to know the address before there is anything to start the simulator for.
  const door = await openFrontDoor(simulatorPort, 'SIMULATOR_PORT');
  await door.stop();
  const { url } = door;
  return {
    context: {
      'eightByEight.baseUrl': url,
      'eightByEight.subAccountId': LOCAL_SUB_ACCOUNT,
      'eightByEight.apiKeySecretName': API_KEY_SECRET,
    },
    secrets: { [API_KEY_SECRET]: LOCAL_API_KEY },
    async start(cloud, say) {
      let isReady = false;
      const simulator = await startSimulated8x8({
        port: Number(new URL(url).port),
        apiKeys: [LOCAL_API_KEY],
        subAccounts: [{ id: LOCAL_SUB_ACCOUNT, virtualNumbers: [...demoNumbers] }],
        s3Endpoint: cloud.endpoints.S3,
        publishedEvents: () => cloud.eventBridge.archive(),
        isReady: () => isReady,
        refuse: (request, path) => refusalOfForeign(request, path) ?? firstPageOf(request.method, path),
        ...(printsAllLogs && { log: (event) => say(`simulator ${JSON.stringify(event)}`) }),
      });
      try {
        for (const resource of cloud.deployment.customResources) {
          await createCustomResource(resource, cloud.lambda);
        }
        isReady = true;
      } catch (error) {
        await simulator.stop();
        throw error;
      }
      return { name: 'simulator', url: simulator.url, stop: () => simulator.stop() };
    },
  };
};

/** A person who opens the port is shown the list of what can be done there. */
function firstPageOf(method: string | undefined, path: string) {
  if (method !== 'GET' || path !== '/') return undefined;
  return { status: 302, headers: { location: '/simulator' }, body: '' };
}
