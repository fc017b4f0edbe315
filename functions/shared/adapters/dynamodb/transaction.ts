import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * One write of a transaction with what its failure means: `Meaning` is the caller's own word, so that reasons are
 * matched by position once, here, and never by message.
 */
export interface TransactStep<Meaning> {
  readonly item: TransactItem;
  /** @param row what was there instead, when the write asked for it. */
  readonly onRefused: (row: Record<string, unknown> | undefined) => Meaning;
}

export type TransactOutcome<Meaning> =
  | { readonly kind: 'written' }
  /** A condition did not hold; the first such step says what that means. */
  | { readonly kind: 'refused'; readonly meaning: Meaning }
  /** Another transaction was at work on the same rows; nothing was written. */
  | { readonly kind: 'conflict' };

/**
 * Writes all steps or none.
 * @throws everything but a cancelled transaction.
 */
export async function transact<Meaning>(
  client: DynamoDBDocumentClient,
  steps: readonly TransactStep<Meaning>[],
): Promise<TransactOutcome<Meaning>> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: steps.map((step) => step.item) }));
    return { kind: 'written' };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    for (const [position, reason] of reasons.entries()) {
      if (reason.Code !== 'ConditionalCheckFailed') continue;
      const row = reason.Item && unmarshall(reason.Item);
      const step = steps[position];
      if (step !== undefined) return { kind: 'refused', meaning: step.onRefused(row) };
    }
    const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
    if (reasons.some((reason) => transient.has(reason.Code ?? ''))) return { kind: 'conflict' };
    throw error;
  }
}
