import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { environmentNames } from '../../functions/shared/config/env-names.ts';
import { projectRoot } from '../../lib/bundling.ts';
import { bundleCallAction } from '../support/call-action-bundle.ts';
import { median } from './percentiles.ts';
import { atMost, type Topic } from './report.ts';

const MOST_TIMES_BARE = 0.75;
const MOST_ENTRY_KB = 150;
const MESSAGES = JSON.stringify({ default: {}, byCountry: {} });

const runFile = promisify(execFile);

/** Prints how long importing the module took in this fresh process, in milliseconds. */
const starter = `
const startedAt = performance.now();
await import(process.argv[2]);
console.log(performance.now() - startedAt);
process.exit();
`;

/** What somebody would write first: one file with the client in it, bundled without more thought. */
const bareClient = `
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
export const handler = (event) => client.send(new GetItemCommand({ TableName: 'table', Key: event.key }));
`;

async function bundleBareClient(folder: string): Promise<string> {
  const outfile = path.join(folder, 'bare-client.mjs');
  await build({
    stdin: { contents: bareClient, resolveDir: projectRoot, loader: 'js' },
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  return outfile;
}

function environment(): Record<string, string> {
  const names = environmentNames['call-action'];
  const values: Record<string, string> = {
    CALLER_MESSAGES: MESSAGES,
    CALL_DEADLINE_MS: '1000',
    STRANGERS: '{"message":true}',
    STRANGER_TRIES: '0',
    STRANGER_REST_SECONDS: '0',
  };
  return {
    ...Object.fromEntries(names.map((name) => [name, values[name] ?? ''])),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  };
}

/** How long the module of call-action takes to load, beside a bare client in the same run. */
export async function measureStart(quick: boolean): Promise<Topic> {
  const folder = await mkdtemp(path.join(tmpdir(), 'call-action-start-'));
  try {
    const { folder: bundleFolder, staticPart } = bundleCallAction(folder);
    const starterFile = path.join(folder, 'starter.mjs');
    await writeFile(starterFile, starter);
    const bare = await bundleBareClient(folder);
    const env = environment();
    const start = async (file: string): Promise<number> => {
      const { stdout } = await runFile(process.execPath, [starterFile, pathToFileURL(file).href], { env });
      return Number(stdout);
    };

    const ours: number[] = [];
    const bares: number[] = [];
    // Turn by turn, so that whatever else the machine does weighs on both.
    for (let round = 0; round < (quick ? 7 : 25); round += 1) {
      ours.push(await start(path.join(bundleFolder, 'index.mjs')));
      bares.push(await start(bare));
    }
    return {
      title: 'Start of the function that answers calls',
      how:
        `Module init in ${ours.length} fresh processes each, in turn: the deployed bundle of call-action, and one ` +
        'file with a bare DynamoDBClient. KB without source maps; the closure has the chunks that the entry loads at once.',
      rows: [
        { what: 'call-action, median ms', measured: median(ours) },
        { what: 'bare client, median ms', measured: median(bares) },
        atMost('call-action ÷ bare client', median(ours) / median(bares), MOST_TIMES_BARE),
        atMost('entry without chunks, KB', staticPart.entryBytes / 1024, MOST_ENTRY_KB),
        { what: 'entry with what it loads at once, KB', measured: staticPart.closureBytes / 1024 },
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
