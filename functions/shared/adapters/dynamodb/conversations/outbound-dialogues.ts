import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { writeDialogueState } from '../../../domain/dialogue/dialogue-state.ts';
import type { OutboundDialogue, OutboundDialogues } from '../../../ports/outbound-dialogues.ts';
import { type ConversationKey, conversationKeys } from './keys.ts';
import { menuAttributes } from './menu-rows.ts';

/** Longer than any call lasts. */
const SESSION_KEPT_SECONDS = 24 * 3600;
/** Longer than it takes until a call that was asked for is answered. */
const PREPARED_KEPT_SECONDS = 3600;

/** Where those stand whom we rang, over DynamoDB; the keys are in `keys.ts`. */
export function createOutboundDialogues(
  client: DynamoDBDocumentClient,
  TableName: string,
): OutboundDialogues {
  async function put(key: ConversationKey, { menu, state }: OutboundDialogue, ttlEpochSeconds: number) {
    const Item = { ...key, menu: menuAttributes(menu), state: writeDialogueState(state), ttlEpochSeconds };
    await client.send(new PutCommand({ TableName, Item }));
  }

  return {
    prepare: (ends, dialogue, nowMs) =>
      put(conversationKeys.prepared(ends), dialogue, Math.ceil(nowMs / 1000) + PREPARED_KEPT_SECONDS),
    keep: (sessionId, dialogue, nowMs) =>
      put(conversationKeys.outbound(sessionId), dialogue, Math.ceil(nowMs / 1000) + SESSION_KEPT_SECONDS),
  };
}
