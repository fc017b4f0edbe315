import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type Consumption, nothing } from './metered-store.ts';

const capacity = z.object({
  CapacityUnits: z.number().optional(),
  WriteCapacityUnits: z.number().optional(),
});
const output = z.object({
  ConsumedCapacity: z.union([capacity, z.array(capacity)]).optional(),
});

/** Counts the requests of a client and the units that the engine says they consumed. */
export function meterEngine(client: DynamoDBClient): Consumption {
  const spent = nothing();
  client.middlewareStack.add(
    (next) => async (request) => {
      spent.requests += 1;
      const answer = await next({
        ...request,
        input: Object.assign({}, request.input, { ReturnConsumedCapacity: 'TOTAL' }),
      });
      const parsed = output.safeParse(answer.output);
      for (const { CapacityUnits = 0, WriteCapacityUnits } of [parsed.data?.ConsumedCapacity ?? []].flat()) {
        const isWrite = WriteCapacityUnits !== undefined || 'Item' in request.input;
        if (isWrite) spent.writeUnits += CapacityUnits;
        else spent.readUnits += CapacityUnits;
      }
      return answer;
    },
    { step: 'initialize' },
  );
  return spent;
}
