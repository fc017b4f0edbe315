import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { entranceOf } from '../../../domain/dialogue/menu.ts';
import { PhoneNumber } from '../../../domain/phone-number.ts';
import type { KeptMenu, MenuStore } from '../../../ports/menus.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { conversationKeys, menusPartition, numberPrefix } from './keys.ts';
import { menuAttributes, parseMenu } from './menu-rows.ts';

const MENUS_SEARCH = 'menus';

const keptMenuRow = z.object({ menu: z.unknown(), updatedAtMs: z.number() });
const listedMenuRow = z.object({
  menuId: z.string(),
  revision: z.string(),
  stepCount: z.number(),
  updatedAtMs: z.number(),
});

/** @throws for a row of another shape. */
export function parseKeptMenu(item: Record<string, unknown>): KeptMenu {
  const { menu, updatedAtMs } = keptMenuRow.parse(item);
  return { menu: parseMenu(menu), updatedAtMs };
}

/** Menus over DynamoDB; the keys are in `keys.ts`. */
export function createMenuStore(client: DynamoDBDocumentClient, TableName: string): MenuStore {
  async function find(menuId: string): Promise<KeptMenu | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName, Key: conversationKeys.menu(menuId), ConsistentRead: true }),
    );
    return item && parseKeptMenu(item);
  }

  return {
    find,

    async list({ limit, cursor }) {
      const position = readCursor(cursor, MENUS_SEARCH);
      const page = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': menusPartition },
          Limit: limit,
          ConsistentRead: true,
          ExclusiveStartKey: position && { pk: menusPartition, sk: position.menuId },
        }),
      );
      const items = (page.Items ?? []).map((item) => listedMenuRow.parse(item));
      const last = items.at(-1);
      const hasMore = page.LastEvaluatedKey !== undefined && last !== undefined;
      return { items, nextCursor: hasMore ? writeCursor({ menuId: last.menuId }, MENUS_SEARCH) : null };
    },

    async put(menu, nowMs) {
      const { menuId, revision } = menu;
      const listed = { menuId, revision, stepCount: menu.steps.size, updatedAtMs: nowMs };
      await client.send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Put: {
                TableName,
                Item: {
                  ...conversationKeys.menu(menuId),
                  revision,
                  menu: menuAttributes(menu),
                  updatedAtMs: nowMs,
                },
              },
            },
            {
              Put: {
                TableName,
                Item: { ...conversationKeys.entrance(menuId), entrance: menuAttributes(entranceOf(menu)) },
              },
            },
            { Put: { TableName, Item: { ...conversationKeys.listedMenu(menuId), ...listed } } },
          ],
        }),
      );
      return { menu, updatedAtMs: nowMs };
    },

    async numbersWith(menuId) {
      const numbers: PhoneNumber[] = [];
      let startKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :numbers)',
            ExpressionAttributeValues: { ':pk': conversationKeys.menu(menuId).pk, ':numbers': numberPrefix },
            ConsistentRead: true,
            ExclusiveStartKey: startKey,
          }),
        );
        for (const { sk } of page.Items ?? []) {
          numbers.push(PhoneNumber.from(String(sk).slice(numberPrefix.length)));
        }
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return numbers;
    },

    async refreshNumber(virtualNumber, { menu, updatedAtMs }) {
      try {
        await client.send(
          new UpdateCommand({
            TableName,
            Key: conversationKeys.strangers(virtualNumber),
            UpdateExpression: 'SET entrance = :entrance, entranceOfMs = :ofMs',
            ConditionExpression: 'menuId = :menuId AND entranceOfMs <= :ofMs',
            ExpressionAttributeValues: {
              ':entrance': menuAttributes(entranceOf(menu)),
              ':menuId': menu.menuId,
              ':ofMs': updatedAtMs,
            },
          }),
        );
      } catch (error) {
        // It has been given something else to do meanwhile, or a newer menu.
        if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      }
    },

    async remove(menuId) {
      const { Attributes: before } = await client.send(
        new DeleteCommand({ TableName, Key: conversationKeys.menu(menuId), ReturnValues: 'ALL_OLD' }),
      );
      for (const Key of [conversationKeys.entrance(menuId), conversationKeys.listedMenu(menuId)]) {
        await client.send(new DeleteCommand({ TableName, Key }));
      }
      return before !== undefined;
    },
  };
}
