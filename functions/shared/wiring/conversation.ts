import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createCallRoutes } from '../adapters/dynamodb/bookings/call-routes-table.ts';
import { createConversations, entranceFor } from '../adapters/dynamodb/conversations/conversations.ts';
import { type Conversation, createConversation } from '../use-cases/conversation.ts';

interface Surroundings {
  readonly client: DynamoDBDocumentClient;
  readonly tables: { readonly callRoutes: string; readonly conversations: string };
  readonly recordCalls: boolean;
}

/** Conversations over the tables of the deployment. Imported when the first one begins. */
export function openConversation({ client, tables, recordCalls }: Surroundings): Conversation {
  const callRoutes = createCallRoutes(client, tables.callRoutes);
  return createConversation({
    conversations: createConversations(client, tables.conversations),
    findRoute: (virtualNumber, caller, signal) => callRoutes.find(virtualNumber, caller, signal),
    entranceOf: entranceFor,
    recordCalls,
    nowMs: Date.now,
  });
}
