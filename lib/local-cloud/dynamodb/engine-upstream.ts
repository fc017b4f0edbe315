import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { KeyNames } from './request-rows.ts';

/** The engine behind the proxy, and what is known of its tables. */
export interface Upstream {
  readonly host: string;
  readonly port: string;
  readonly agent: Agent;
  /** Sends a whole request and waits for the whole answer; rejects when the connection ends before. */
  send(exchange: BufferedRequest): Promise<BufferedAnswer>;
  /** Asks the engine itself for something, with the headers of a request that came. */
  ask(operation: string, body: object, like: IncomingHttpHeaders): Promise<BufferedAnswer>;
  /** The names of a table's key attributes; none for a table that does not exist. */
  keyNames(tableName: string, like: IncomingHttpHeaders): Promise<KeyNames>;
  close(): void;
}

export interface BufferedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface BufferedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Opens the way to an engine; connections are kept. */
export function openUpstream(endpoint: string): Upstream {
  const { hostname: host, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const known = new Map<string, KeyNames>();

  const send = ({ method, path, headers, body }: BufferedRequest): Promise<BufferedAnswer> =>
    new Promise((resolve, reject) => {
      const outgoing = request({ host, port, agent, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const ask: Upstream['ask'] = (operation, content, like) => {
    const body = Buffer.from(JSON.stringify(content));
    const headers = {
      ...like,
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-length': String(body.length),
    };
    return send({ method: 'POST', path: '/', headers, body });
  };

  return {
    host,
    port,
    agent,
    send,
    ask,
    async keyNames(tableName, like) {
      const before = known.get(tableName);
      if (before !== undefined) return before;
      const { status, body } = await ask('DescribeTable', { TableName: tableName }, like);
      if (status !== 200) return [];
      const { Table } = JSON.parse(body.toString()) as { Table?: { KeySchema?: KeyElement[] } };
      const names = (Table?.KeySchema ?? [])
        .toSorted((one, other) => one.KeyType.localeCompare(other.KeyType))
        .map(({ AttributeName }) => AttributeName);
      if (names.length > 0) known.set(tableName, names);
      return names;
    },
    close: () => agent.destroy(),
  };
}

/** `HASH` comes before `RANGE`. */
interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}
