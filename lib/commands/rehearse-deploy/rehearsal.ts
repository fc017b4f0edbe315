import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { projectRoot } from '../../bundling.ts';
import { type Simulated8x8, startSimulated8x8 } from '../../simulated-8x8/start-simulated-8x8.ts';
import { API_KEY, type RehearsedStage, subAccounts } from './accounts.ts';
import { AwsRequests } from './aws-requests.ts';
import { CdkCommand } from './cdk.ts';
import { DeployedService } from './deployed-service.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';

/** Everything that a step works with. */
export interface Rehearsal {
  readonly aws: EmulatedAws;
  readonly requests: AwsRequests;
  readonly cdk: CdkCommand;
  readonly eightByEight: Simulated8x8;
  /** Stands for the company's own endpoint, which events are sent to. */
  readonly companyUrl: string;
  /** What has reached the company's endpoint. */
  eventsReceived(): number;
  /** The deployed service behind the outputs of a stack. */
  service(stage: RehearsedStage, outputs: Readonly<Record<string, string>>): DeployedService;
  stop(): Promise<void>;
}

/**
 * Starts an emulated AWS and a simulated 8x8.
 * @throws EmulatorUnavailableError where this machine has no Python for it.
 */
export async function startRehearsal(say: (message: string) => void): Promise<Rehearsal> {
  mkdirSync(path.join(projectRoot, '.build'), { recursive: true });
  const aws = await startEmulatedAws(say);
  const eightByEight = await startSimulated8x8({
    apiKeys: [API_KEY],
    subAccounts: Object.values(subAccounts).map(({ id, virtualNumbers }) => ({
      id,
      virtualNumbers: [...virtualNumbers],
    })),
    s3Endpoint: aws.endpoint,
    // The emulator starts a process for the first call of each function.
    delivery: { timeoutMs: 30_000 },
  });
  let eventsReceived = 0;
  const company = createServer((request, response) => {
    request.resume().on('end', () => {
      eventsReceived += 1;
      response.writeHead(204).end();
    });
  });
  const companyUrl = await listen(company);
  const requests = new AwsRequests(aws.endpoint);
  const cdk = new CdkCommand(aws.environment);
  return {
    aws,
    requests,
    cdk,
    eightByEight,
    companyUrl,
    eventsReceived: () => eventsReceived,
    service: (stage, outputs) =>
      new DeployedService({
        requests,
        outputs,
        simulatorUrl: eightByEight.url,
        subAccountId: subAccounts[stage].id,
      }),
    async stop() {
      await aws.stop();
      await eightByEight.stop();
      company.closeAllConnections();
      company.close();
      await cdk.clean();
    },
  };
}

/** Waits until something holds. @throws Error with what was waited for. */
export async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const giveUpAtMs = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`Waited ${timeoutMs / 1000} s in vain: ${what}.`);
    await wait(500);
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/events`;
}
