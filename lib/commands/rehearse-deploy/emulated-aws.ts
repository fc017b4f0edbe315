import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { projectRoot } from '../../bundling.ts';
import { endProcess, spawnGuarded } from '../../local-cloud/processes/guarded-process.ts';

/** The account and the Region that the rehearsal deploys to; the id is also the access key that ministack wants. */
export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';

const HERE = import.meta.dirname;
const BUILD_FOLDER = path.join(projectRoot, '.build');
const START_TIMEOUT_MS = 120_000;

/** This machine cannot run the emulator: the rehearsal is left out, with these words. */
export class EmulatorUnavailableError extends Error {
  override readonly name = 'EmulatorUnavailableError';
}

/** A decision of IAM about one request. */
export interface IamDecision {
  readonly principalArn: string;
  readonly action: string;
  readonly resourceArn: string;
  readonly isAllowed: boolean;
}

/** What the rehearsal does to the emulated AWS. */
export interface EmulatorSwitches {
  /** Whether requests are checked against the policies of whoever sends them. */
  readonly enforceIam?: boolean;
  /** The logical id of a resource that cannot be made or changed; null for none. */
  readonly failAt?: string | null;
  /** Actions that begin so are refused to roles with this in their name, whatever their policies say. */
  readonly withhold?: { readonly role: string; readonly action: string } | null;
}

/** An AWS on loopback. */
export interface EmulatedAws {
  readonly endpoint: string;
  /** What a process that uses it has to find in its environment; nothing of a real account is among it. */
  readonly environment: Readonly<Record<string, string>>;
  set(switches: EmulatorSwitches): Promise<void>;
  /** The decisions of IAM since they were last asked for. */
  decisions(): Promise<IamDecision[]>;
  stop(): Promise<void>;
}

const decisionsSchema = z.array(z.tuple([z.string(), z.string(), z.string(), z.boolean()]));

/**
 * Installs ministack below `.build`, once, and starts it.
 * @throws EmulatorUnavailableError without Python 3.10 or newer, or where its packages cannot be fetched.
 */
export async function startEmulatedAws(say: (message: string) => void): Promise<EmulatedAws> {
  const python = installPackages(findPython(), say);
  const [port, controlPort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${port}`;
  const control = `http://127.0.0.1:${controlPort}`;
  const environment = {
    PATH: [path.dirname(process.execPath), process.env.PATH ?? ''].join(path.delimiter),
    HOME: process.env.HOME ?? BUILD_FOLDER,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: ACCOUNT_ID,
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    // Whatever a person has configured for real accounts stays out of reach.
    AWS_CONFIG_FILE: path.join(BUILD_FOLDER, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(BUILD_FOLDER, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_HOME: path.join(BUILD_FOLDER, 'cdk-home'),
    // The command line of the CDK is large: from its second run on it is not compiled again.
    NODE_COMPILE_CACHE: path.join(BUILD_FOLDER, 'compile-cache'),
  };
  const log = path.join(BUILD_FOLDER, 'emulated-aws.log');
  const process_ = spawnEmulator(python, log, {
    ...environment,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    CONTROL_PORT: String(controlPort),
    MINISTACK_REGION: REGION,
    MINISTACK_ACCOUNT_ID: ACCOUNT_ID,
    LAMBDA_EXECUTOR: 'local',
    // The CDK's own functions take the AWS SDK from the runtime.
    NODE_PATH: path.join(projectRoot, 'node_modules'),
  });
  await untilItAnswers(control, process_, log);
  return {
    endpoint,
    environment,
    async set(switches) {
      await fetch(control, { method: 'POST', body: JSON.stringify(switches) });
    },
    async decisions() {
      const answer: unknown = await (await fetch(`${control}/decisions`)).json();
      return decisionsSchema.parse(answer).map(([principalArn, action, resourceArn, isAllowed]) => ({
        principalArn,
        action,
        resourceArn,
        isAllowed,
      }));
    },
    stop: () => endProcess(process_),
  };
}

/** @throws EmulatorUnavailableError */
function findPython(): string {
  const candidates = [
    'python3',
    'python3.14',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
    'python',
  ];
  const suits = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  for (const candidate of candidates) {
    try {
      execFileSync(candidate, ['-c', suits], { stdio: 'ignore' });
      return candidate;
    } catch {
      // Not there, or too old: the next one.
    }
  }
  throw new EmulatorUnavailableError(
    'an emulated AWS needs Python 3.10 or newer with its module venv, and there is none on the PATH.',
  );
}

/**
 * Makes a virtual environment with exactly the packages of requirements.txt.
 * @returns its Python.
 * @throws EmulatorUnavailableError when the packages cannot be fetched; Error when they are not what they should be.
 */
function installPackages(python: string, say: (message: string) => void): string {
  const folder = path.join(BUILD_FOLDER, 'emulated-aws');
  const inside = path.join(
    folder,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const requirements = path.join(HERE, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const installed = path.join(folder, 'installed.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return inside;
  say('installing ministack into .build/emulated-aws');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(BUILD_FOLDER, { recursive: true });
  try {
    execFileSync(python, ['-m', 'venv', folder], { stdio: 'pipe' });
    const options = [
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '--requirement',
      requirements,
    ];
    execFileSync(inside, ['-m', 'pip', 'install', ...options], { stdio: 'pipe' });
  } catch (error) {
    const text = String(Object(error).stderr ?? error);
    if (/do not match the hashes/i.test(text))
      throw new Error(`A package is not the one that was pinned.\n${text}`);
    throw new EmulatorUnavailableError(`its packages cannot be installed: ${lastLine(text)}`);
  }
  writeFileSync(installed, wanted);
  return inside;
}

function spawnEmulator(python: string, log: string, env: Record<string, string>): ChildProcess {
  const output = openSync(log, 'w');
  const child = spawnGuarded(python, [path.join(HERE, 'emulated_aws.py')], {
    cwd: BUILD_FOLDER,
    env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  return child;
}

async function untilItAnswers(control: string, child: ChildProcess, log: string): Promise<void> {
  const giveUpAtMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < giveUpAtMs && child.exitCode === null) {
    await wait(200);
    const isUp = await fetch(`${control}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
  }
  await endProcess(child);
  throw new Error(
    `The emulated AWS does not start: ${lastLine(readFileSync(log, 'utf8'))} (all of it in ${log})`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
