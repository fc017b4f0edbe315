import * as z from 'zod';
import { type Operation, operation } from '../operation.ts';

/** The API's own description. @param document makes it; it is made on the first request and kept. */
export function openApiOperation(document: () => Record<string, unknown>): Operation {
  let made: Record<string, unknown> | undefined;
  return operation({
    routeKey: 'GET /openapi.json',
    operationId: 'describeApi',
    summary: 'This API as an OpenAPI document.',
    needsNoStore: true,
    answers: { 200: z.record(z.string(), z.unknown()) },
    problems: [],
    async run() {
      made ??= document();
      return { status: 200, body: made };
    },
  });
}
