import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/local-cloud.ts', import.meta.url));
const READY = /^ready (http:\/\/127\.0\.0\.1:\d+)( simulator (http:\/\/127\.0\.0\.1:\d+))?$/;

/** An answer of the running cloud, its body read as JSON where it is JSON. */
export interface CloudAnswer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

/** The local cloud as its users start it: a process of its own. */
export interface CloudProcess {
  readonly pid: number;
  readonly url: string;
  /** Everything it printed so far. */
  readonly lines: readonly string[];
  get(path: string): Promise<CloudAnswer>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<CloudAnswer>;
  /** Sends a webhook with the registered value of `Authorization`, or another. */
  webhook(name: string, body: unknown, authorization?: string): Promise<CloudAnswer>;
  /** Its process and all that descend from it. */
  processes(): number[];
  /** Sends the signal and waits for the end. @returns the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `bin/local-cloud.ts` on free ports and waits for its ready line. */
export async function startCloudProcess(): Promise<CloudProcess> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PORT: '0', SIMULATOR_PORT: '0', DATA_DIR: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        const ready = READY.exec(line)?.[1];
        if (ready !== undefined) resolve(ready);
      });
    }
    child.once('exit', () => reject(new Error(`The local cloud ended:\n${lines.join('\n')}`)));
  });
  const pid = child.pid ?? 0;

  const send: CloudProcess['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: parse(text) };
  };

  return {
    pid,
    url,
    lines,
    send,
    get: (path) => send('GET', path),
    webhook: (name, body, authorization = 'Bearer local-webhook-secret') =>
      send('POST', `/webhooks/${name}`, body, { authorization }),
    processes: () => withDescendants(pid),
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The process and its children, and theirs, as the system lists them now. */
function withDescendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(name);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const collect = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(collect)];
  return collect(root);
}

function parentOf(pid: string): number | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return Number(afterName.split(' ')[1]);
  } catch {
    return undefined;
  }
}
