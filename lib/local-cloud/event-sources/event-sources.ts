import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CreatedTable } from '../dynamodb/dynamodb-tables.ts';
import type { SendToQueue } from '../lambda/async-invocations.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { UnservableTemplateError } from '../template/assembly.ts';
import type { AccessKey } from '../template/credentials.ts';
import type { Deployment } from '../template/deployment.ts';
import { REGION } from '../template/physical-names.ts';
import type { EventSourceMapping } from '../template/trigger-definitions.ts';
import { startQueuePoller } from './queue-poller.ts';
import { createStreamDelivery } from './stream-delivery.ts';
import type { StreamPositions } from './stream-poller.ts';
import { startStreamPoller } from './stream-poller.ts';

export interface EventSourceServices {
  readonly lambda: LambdaService;
  readonly sqs: SQSClient;
  readonly sendToQueue: SendToQueue;
  /** Address of the engine as it is now; undefined while it is stopped. */
  readonly engineEndpoint: () => string | undefined;
  readonly credentials: AccessKey;
  readonly createdTables: readonly CreatedTable[];
  readonly positionsOf: (mappingId: string) => StreamPositions;
}

/**
 * Starts feeding functions from queues and from the streams of tables; settles when the streams' starting points
 * are fixed.
 * @returns what ends it.
 * @throws UnservableTemplateError when a mapping has a source that is not in the template.
 */
export async function startEventSources(
  { eventSourceMappings, queues, tables }: Deployment,
  services: EventSourceServices,
): Promise<() => Promise<void>> {
  const clientOf = createStreamsClients(services);
  const starting: Promise<void>[] = [];
  const stops: (() => Promise<void>)[] = [];

  for (const mapping of eventSourceMappings) {
    const queue = queues.find(({ arn }) => arn === mapping.sourceArn);
    if (queue !== undefined) {
      stops.push(startQueuePoller(mapping, queue.url, services));
      continue;
    }
    const poller = startStreamPoller({
      client: clientOf,
      streamArn: engineStreamArn(mapping, tables, services.createdTables),
      batchSize: mapping.batchSize,
      startsAtOldest: mapping.startsAtOldest,
      positions: services.positionsOf(mapping.logicalId),
      deliver: createStreamDelivery(mapping, services),
    });
    starting.push(poller.started);
    stops.push(() => poller.stop());
  }
  await Promise.all(starting);
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function engineStreamArn(
  mapping: EventSourceMapping,
  tables: Deployment['tables'],
  createdTables: readonly CreatedTable[],
): string {
  const table = tables.find(({ streamArn }) => streamArn === mapping.sourceArn);
  const created = createdTables.find(({ tableName }) => tableName === table?.create.TableName);
  if (created?.streamArn !== undefined) return created.streamArn;
  throw new UnservableTemplateError(
    `The event source mapping ${mapping.logicalId} reads ${mapping.sourceArn}, which is no queue and no stream here.`,
  );
}

/** One client per engine: a restarted one may have another address. */
function createStreamsClients({ engineEndpoint, credentials }: EventSourceServices) {
  let client: { endpoint: string; streams: DynamoDBStreamsClient } | undefined;
  return (): DynamoDBStreamsClient | undefined => {
    const endpoint = engineEndpoint();
    if (endpoint === undefined) return undefined;
    if (client?.endpoint !== endpoint) {
      client?.streams.destroy();
      const streams = new DynamoDBStreamsClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
      client = { endpoint, streams };
    }
    return client.streams;
  };
}
