import { connect } from 'node:net';

/** Sends bytes as they are and reads until the connection ends. */
export interface RawClient {
  /**
   * @param isCut whether the client hangs up after the last byte, instead of waiting for the server to do so.
   * @returns the statuses of the answers, in order; none when the server hung up without a word.
   */
  send(bytes: string | Buffer, isCut?: boolean): Promise<number[]>;
}

export function createRawClient(url: string): RawClient {
  const { hostname, port } = new URL(url);
  return {
    send: (bytes, isCut = false) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        const socket = connect(Number(port), hostname);
        socket.on('data', (chunk) => chunks.push(chunk));
        // A server that hangs up while bytes still come in resets the connection.
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(statusesIn(Buffer.concat(chunks).toString('latin1'))));
        socket.write(bytes);
        if (isCut) socket.end();
      }),
  };
}

function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
