import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { readDialogueState } from '../../../domain/dialogue/dialogue-state.ts';
import type { Menu } from '../../../domain/dialogue/menu.ts';
import type { Conversations } from '../../../ports/conversations.ts';
import type { FoundForCall } from '../../../ports/incoming-calls.ts';
import { type ConversationKey, conversationKeys } from './keys.ts';
import { parseMenu } from './menu-rows.ts';
import { parseStrangerRule } from './stranger-rows.ts';

const menuRow = z.object({ menu: z.unknown() });
const outboundRow = z.object({ menu: z.unknown(), state: z.string() });
const entranceRow = z.object({ entrance: z.unknown() });

/**
 * The menu that strangers begin with, by what stood beside the claim of a call: that of their number, else the default.
 * @throws for rows of another shape.
 */
export function entranceFor({ strangers, defaultStrangers }: FoundForCall): Menu | undefined {
  const row = strangers ?? defaultStrangers;
  if (row === undefined) return undefined;
  const item = z.record(z.string(), z.unknown()).parse(row);
  if (strangers !== undefined && parseStrangerRule(item).kind !== 'menu') return undefined;
  return parseMenu(entranceRow.parse(item).entrance);
}

/** What conversations need, over DynamoDB; the keys are in `keys.ts`. */
export function createConversations(client: DynamoDBDocumentClient, TableName: string): Conversations {
  async function read(Key: ConversationKey, abortSignal: AbortSignal) {
    const { Item: item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }), {
      abortSignal,
    });
    return item;
  }

  return {
    async findMenu(menuId, signal) {
      const item = await read(conversationKeys.menu(menuId), signal);
      return item && parseMenu(menuRow.parse(item).menu);
    },

    async findOutbound(sessionId, ends, abortSignal) {
      const bySession = conversationKeys.outbound(sessionId);
      const Keys = [{ ...bySession }, ...(ends ? [{ ...conversationKeys.prepared(ends) }] : [])];
      const { Responses } = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
        { abortSignal },
      );
      const rows = Responses?.[TableName] ?? [];
      const item = rows.find(({ pk }) => pk === bySession.pk) ?? rows[0];
      if (item === undefined) return undefined;
      const row = outboundRow.parse(item);
      const state = readDialogueState(row.state);
      return state && { menu: parseMenu(row.menu), state };
    },
  };
}
