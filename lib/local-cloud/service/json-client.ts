import type * as z from 'zod';

/** Asks a server on this machine. */
export interface JsonClient {
  readonly url: string;
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
}

/** Makes a client whose methods throw an Error with what the server answered when it refuses. */
export function createJsonClient(url: string): JsonClient {
  async function ask<T>(method: string, path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const response = await fetch(url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }
  return {
    url,
    get: (path, schema) => ask('GET', path, undefined, schema),
    post: (path, body, schema) => ask('POST', path, body, schema),
  };
}
