import * as z from 'zod';
import { type Operation, operation } from '../operation.ts';

const openApi = z
  .looseObject({ openapi: z.string().describe('The version of OpenAPI.') })
  .meta({ id: 'OpenApi', description: 'An OpenAPI document.' });

const asyncApi = z
  .looseObject({ asyncapi: z.string().describe('The version of AsyncAPI.') })
  .meta({ id: 'AsyncApi', description: 'An AsyncAPI document.' });

/** How the documents are made; each is made on the first request and kept. */
export interface DescriptionDependencies {
  readonly openApiDocument: () => Record<string, unknown>;
  readonly asyncApiDocument: () => Record<string, unknown>;
}

/** What the API says of itself. */
export function descriptionOperations(documents: DescriptionDependencies): Operation[] {
  const madeOpenApi = once(() => openApi.parse(documents.openApiDocument()));
  const madeAsyncApi = once(() => asyncApi.parse(documents.asyncApiDocument()));
  return [
    operation({
      routeKey: 'GET /openapi.json',
      operationId: 'describeApi',
      tag: 'Description',
      summary: 'This API as an OpenAPI document.',
      description: 'Made of the same schemas that requests are checked against.',
      needsNoStore: true,
      answers: { 200: openApi },
      problems: [],
      example: { answer: { status: 200, body: { openapi: '3.1.0' } }, abridged: true },
      run: async () => ({ status: 200, body: madeOpenApi() }),
    }),
    operation({
      routeKey: 'GET /asyncapi.json',
      operationId: 'describeEvents',
      tag: 'Description',
      summary: 'The events as an AsyncAPI document.',
      description: 'Made of the same schemas that the events are made of.',
      needsNoStore: true,
      answers: { 200: asyncApi },
      problems: [],
      example: { answer: { status: 200, body: { asyncapi: '3.1.0' } }, abridged: true },
      run: async () => ({ status: 200, body: madeAsyncApi() }),
    }),
  ];
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
