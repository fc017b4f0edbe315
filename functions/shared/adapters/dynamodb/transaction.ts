import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { again, type Retry } from '../../ports/retry.ts';
import { PASSING_REASONS } from './unavailable.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The most writes of one transaction. */
export const MOST_STEPS = 100;

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
  /** Conditions did not hold: what that means of the first such step, and of each of them by its position. */
  | {
      readonly kind: 'refused';
      readonly meaning: Meaning;
      readonly refusals: ReadonlyMap<number, Meaning>;
    }
  /** Another transaction was at work on the rows at these positions, or the store had no room; nothing was written. */
  | { readonly kind: 'conflict'; readonly positions: readonly number[] };

/**
 * Writes all steps or none.
 * @param once names the transaction: within ten minutes it is written once, however often it is sent.
 * @throws everything but a cancelled transaction.
 */
export async function transact<Meaning>(
  client: DynamoDBDocumentClient,
  steps: readonly TransactStep<Meaning>[],
  once?: string,
): Promise<TransactOutcome<Meaning>> {
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: steps.map((step) => step.item),
        ...(once !== undefined && { ClientRequestToken: once }),
      }),
    );
    return { kind: 'written' };
  } catch (error) {
    // The same was to be written before, and was; what it has become since is not worth a second time.
    if (once !== undefined && error instanceof IdempotentParameterMismatchException)
      return { kind: 'written' };
    if (error instanceof TransactionInProgressException) return { kind: 'conflict', positions: [] };
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    const refusals = new Map<number, Meaning>();
    for (const [position, reason] of reasons.entries()) {
      const step = steps[position];
      if (reason.Code !== 'ConditionalCheckFailed' || step === undefined) continue;
      refusals.set(position, step.onRefused(reason.Item && unmarshall(reason.Item)));
    }
    const [first] = refusals.values();
    if (first !== undefined) return { kind: 'refused', meaning: first, refusals };
    const positions = reasons.flatMap(({ Code }, position) =>
      Code === 'TransactionConflict' ? [position] : [],
    );
    if (reasons.some(({ Code }) => PASSING_REASONS.has(Code ?? ''))) return { kind: 'conflict', positions };
    throw error;
  }
}

/** Sends a single write, again where it met a transaction that was at work on its row. */
export function sendWrite<Output>(retry: Retry, send: () => Promise<Output>): Promise<Output> {
  return retry(async () => {
    try {
      return await send();
    } catch (error) {
      if (error instanceof TransactionConflictException) return again;
      throw error;
    }
  });
}
