import { EngineError, type Input } from '../dynamodb/requests.ts';

/** One of AWS's services: does what a request asks at the moment when it arrives, or throws an {@link EngineError}. */
export interface Service {
  handle(operation: string, input: Input, onAnswer: (answer: ServiceAnswer) => void): void;
}

export type ServiceAnswer =
  | { readonly kind: 'done'; readonly output: Record<string, unknown> }
  | { readonly kind: 'failed'; readonly error: EngineError };

/** A service whose requests take no time of their own. */
export function promptService(operations: {
  readonly [operation: string]: (input: Input) => Record<string, unknown>;
}): Service {
  return {
    handle(operation, input, onAnswer) {
      const work = operations[operation];
      try {
        if (work === undefined) throw new EngineError('UnknownOperationException', operation);
        onAnswer({ kind: 'done', output: work(input) });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        onAnswer({ kind: 'failed', error });
      }
    },
  };
}

/** Secrets by their ARN or name. */
export function createSecrets(texts: ReadonlyMap<string, string>): Service {
  return promptService({
    GetSecretValue: ({ SecretId }) => {
      const text = texts.get(String(SecretId));
      if (text === undefined) throw new EngineError('ResourceNotFoundException', `No secret ${SecretId}`);
      return { SecretString: text };
    },
  });
}

/** A bucket of recordings; only what the service asks of it. */
export function createStorage() {
  const objects = new Map<string, number>();
  const below = (prefix: unknown) =>
    [...objects]
      .filter(([key]) => key.startsWith(String(prefix ?? '')))
      .map(([Key, Size]) => ({ Key, Size }));
  const service = promptService({
    ListObjectsV2: ({ Prefix, MaxKeys }) => ({ Contents: below(Prefix).slice(0, Number(MaxKeys ?? 1000)) }),
    ListObjectVersions: ({ Prefix }) => ({
      Versions: below(Prefix).map(({ Key }) => ({ Key, VersionId: '1' })),
      DeleteMarkers: [],
    }),
    DeleteObjects: ({ Delete }) => {
      for (const { Key } of (Delete as { Objects: { Key: string }[] }).Objects) objects.delete(Key);
      return {};
    },
    HeadObject: ({ Key }) => {
      const ContentLength = objects.get(String(Key));
      if (ContentLength === undefined) throw new EngineError('NotFound', 'NotFound');
      return { ContentLength };
    },
  });
  return { service, objects };
}
