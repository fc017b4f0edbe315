import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { entranceOf } from '../../../domain/dialogue/menu.ts';
import type { StrangerRule } from '../../../domain/dialogue/stranger-rule.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { NumberStrangers } from '../../../ports/number-strangers.ts';
import { conversationKeys } from './keys.ts';
import { menuAttributes } from './menu-rows.ts';
import { parseKeptMenu } from './menu-store.ts';
import { parseStrangerRule, ruleAttributes } from './stranger-rows.ts';

/** Changes of one number's rule at the same time; each round, one of them gets through. */
const MOST_ROUNDS = 10;
const MOST_PASSES = 6;

/** What numbers do with strangers, over DynamoDB; the keys are in `keys.ts`. */
export function createNumberStrangers(client: DynamoDBDocumentClient, TableName: string): NumberStrangers {
  async function readRule(virtualNumber: PhoneNumber): Promise<StrangerRule | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName, Key: conversationKeys.strangers(virtualNumber), ConsistentRead: true }),
    );
    return item && parseStrangerRule(item);
  }

  async function write(items: NonNullable<TransactWriteCommandInput['TransactItems']>): Promise<boolean> {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: items }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return false;
      throw error;
    }
  }

  /** What the number keeps of the menu, only as long as the menu is the one that was read. */
  async function entranceSteps(virtualNumber: PhoneNumber, menuId: string) {
    const Key = conversationKeys.menu(menuId);
    const { Item: item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (item === undefined) return undefined;
    const { menu, updatedAtMs } = parseKeptMenu(item);
    return {
      attributes: { entrance: menuAttributes(entranceOf(menu)), entranceOfMs: updatedAtMs },
      steps: [
        {
          ConditionCheck: {
            TableName,
            Key,
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: { ':revision': menu.revision },
          },
        },
        { Put: { TableName, Item: conversationKeys.menuNumber(menuId, virtualNumber) } },
      ],
    };
  }

  return {
    async rulesOf(virtualNumbers) {
      const rules = new Map<string, StrangerRule>();
      let pending: Record<string, unknown>[] = virtualNumbers.map((one) => ({
        ...conversationKeys.strangers(one),
      }));
      for (let pass = 0; pending.length > 0; pass += 1) {
        if (pass === MOST_PASSES) throw new Error('DynamoDB kept leaving keys of a batch read unprocessed.');
        const answer = await client.send(
          new BatchGetCommand({ RequestItems: { [TableName]: { Keys: pending, ConsistentRead: true } } }),
        );
        for (const row of answer.Responses?.[TableName] ?? []) {
          rules.set(String(row.virtualNumber), parseStrangerRule(row));
        }
        pending = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
      return rules;
    },

    async put(virtualNumber, rule, nowMs) {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const before = await readRule(virtualNumber);
        const entrance = rule?.kind === 'menu' ? await entranceSteps(virtualNumber, rule.menuId) : undefined;
        if (rule?.kind === 'menu' && entrance === undefined) return false;
        const Key = conversationKeys.strangers(virtualNumber);
        const sameAsBefore = {
          ConditionExpression: before === undefined ? 'attribute_not_exists(pk)' : 'strangerRule = :before',
          ...(before !== undefined && {
            ExpressionAttributeValues: { ':before': ruleAttributes(before).strangerRule },
          }),
        };
        const row = rule && {
          ...Key,
          virtualNumber: virtualNumber.reveal(),
          ...ruleAttributes(rule),
          ...entrance?.attributes,
          updatedAtMs: nowMs,
        };
        const isLeft = before?.kind === 'menu' && (rule?.kind !== 'menu' || rule.menuId !== before.menuId);
        const written = await write([
          row === undefined
            ? { Delete: { TableName, Key, ...sameAsBefore } }
            : { Put: { TableName, Item: row, ...sameAsBefore } },
          ...(entrance?.steps ?? []),
          ...(isLeft
            ? [{ Delete: { TableName, Key: conversationKeys.menuNumber(before.menuId, virtualNumber) } }]
            : []),
        ]);
        if (written) return true;
      }
      throw new Error('The number kept being changed by others; ask again.');
    },
  };
}
