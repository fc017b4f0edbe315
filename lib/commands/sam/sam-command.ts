import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import * as z from 'zod';
import { projectRoot } from '../../bundling.ts';
import { createJsonClient } from '../../local-cloud/service/json-client.ts';
import { findOrStartCloud } from '../../local-cloud/service/surroundings.ts';
import { openContainerNetwork } from './container-network.ts';
import {
  answersCalls,
  folderOf,
  type LocalCloudFacts,
  localCloudSchema,
  logicalIdOf,
  sampleFor,
  samTemplate,
} from './sam-template.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CALLER = '+6591110001';
const CALLEE = '+6591110002';
const bookingSchema = z.object({ virtualNumber: z.string() });
const FOLDER = path.join(projectRoot, '.build', 'sam');

/**
 * The command behind `npm run sam`: invokes one function with the SAM CLI, or serves the API with it, on the tables,
 * queues and secrets of the local cloud, which is started when it does not run.
 *
 * @returns the exit code of the SAM CLI, or 1 when something is missing.
 */
export async function runSam(
  args: readonly string[],
  environment: Environment,
  write: (line: string) => void = console.log,
): Promise<number> {
  const command = new Command('sam')
    .description('Invokes a function with the SAM CLI, on the local cloud.')
    .argument('<function>', 'such as call-action; or start-api, which serves the whole API on port 3002')
    .option('-e, --event <file>', 'event; by default the one of the function in test/events')
    .option('--port <port>', 'port of start-api', '3002')
    .helpOption('-h, --help', 'show this help')
    .addHelpText(
      'after',
      '\nNeeds Docker and the SAM CLI, and nothing else. No key of AWS reaches a function.',
    )
    .parse(args, { from: 'user' });
  const [name = ''] = command.args;
  const { event, port } = command.opts<{ event?: string; port: string }>();

  const missing = missingTool();
  if (missing !== undefined) {
    write(missing);
    return 1;
  }
  const cloud = await findOrStartCloud(environment, write);
  try {
    const facts = await createJsonClient(cloud.apiUrl).get('/local-cloud', localCloudSchema);
    const ports = [...JSON.stringify(facts).matchAll(/:\/\/127\.0\.0\.1:(\d+)/g)].map(([, digits]) =>
      Number(digits),
    );
    const network = await openContainerNetwork(ports);
    try {
      mkdirSync(FOLDER, { recursive: true });
      const template = path.join(FOLDER, 'template.json');
      const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
      writeFileSync(template, JSON.stringify(samTemplate(facts, architecture, network.addressFor), null, 2));
      const shared = ['--template', template, ...network.samOptions];
      if (name === 'start-api') return await sam(['local', 'start-api', '--port', port, ...shared]);
      const logicalId = logicalIdOf(name);
      const definition = facts.functions.find((known) => known.logicalId === logicalId);
      if (definition === undefined) {
        const names = facts.functions.map((known) => known.logicalId).join(', ');
        write(`There is no function ${name}; there are ${names}.`);
        return 1;
      }
      const file = event ?? (await sampleEvent(definition, name, cloud.apiUrl, environment));
      return await sam(['local', 'invoke', logicalId, '--event', file, ...shared]);
    } finally {
      await network.stop();
    }
  } finally {
    await cloud.end();
  }
}

/** The sample of the function; for a call that waits for a decision it names the number of a booking made for it. */
async function sampleEvent(
  { logicalId, environment }: LocalCloudFacts['functions'][number],
  name: string,
  apiUrl: string,
  { WEBHOOK_AUTH = 'Bearer local-webhook-secret' }: Environment,
): Promise<string> {
  const folder = name === logicalId ? folderOf(logicalId) : name;
  const sample: unknown = JSON.parse(
    readFileSync(path.join(projectRoot, 'test', 'events', `${folder}.json`), 'utf8'),
  );
  const file = path.join(FOLDER, 'event.json');
  const event = sampleFor(sample, {
    authorization: WEBHOOK_AUTH,
    subAccountId: environment.EIGHT_BY_EIGHT_SUB_ACCOUNT ?? '',
    ...(answersCalls(logicalId) && { call: await bookedCall(apiUrl) }),
  });
  writeFileSync(file, JSON.stringify(event, null, 2));
  return file;
}

async function bookedCall(apiUrl: string): Promise<{ source: string; destination: string }> {
  const body = { parties: [{ phoneNumber: CALLER }, { phoneNumber: CALLEE }], expiresInSeconds: 600 };
  const { virtualNumber } = await createJsonClient(apiUrl).post('/v1/bookings', body, bookingSchema);
  return { source: CALLER, destination: virtualNumber };
}

/** @returns what to install or to start, in one line; undefined when all is there. */
function missingTool(): string | undefined {
  if (!succeeds('sam', ['--version'])) {
    return 'The SAM CLI is missing: install it (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html).';
  }
  if (!succeeds('docker', ['info']))
    return 'Docker does not answer: install it or start it, then run this again.';
  return undefined;
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function sam(args: readonly string[]): Promise<number> {
  const child = spawn('sam', args, {
    stdio: 'inherit',
    env: { ...process.env, SAM_CLI_TELEMETRY: '0', AWS_REGION: process.env.AWS_REGION ?? 'us-east-1' },
  });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
