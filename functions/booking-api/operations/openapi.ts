import * as z from 'zod';
import { type Operation, operation } from '../operation.ts';

const openApi = z
  .looseObject({ openapi: z.string().describe('The version of OpenAPI.') })
  .meta({ id: 'OpenApi', description: 'An OpenAPI document.' });

/** The API's own description. @param document makes it; it is made on the first request and kept. */
export function openApiOperation(document: () => Record<string, unknown>): Operation {
  let made: z.output<typeof openApi> | undefined;
  return operation({
    routeKey: 'GET /openapi.json',
    operationId: 'describeApi',
    tag: 'Description',
    summary: 'This API as an OpenAPI document.',
    description: 'Made of the same schemas that requests are checked against.',
    needsNoStore: true,
    answers: { 200: openApi },
    problems: [],
    example: { answer: { status: 200, body: { openapi: '3.1.0' } }, abridged: true },
    async run() {
      made ??= openApi.parse(document());
      return { status: 200, body: made };
    },
  });
}
