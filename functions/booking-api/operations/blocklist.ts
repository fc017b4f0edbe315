import * as z from 'zod';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { Block, BlocklistStore } from '../../shared/ports/blocklist.ts';
import { blockNumber, unblockNumber } from '../../shared/use-cases/block-number.ts';
import { type Operation, operation } from '../operation.ts';
import { listOf, pageQuery, timeText, wellFormedText } from '../values.ts';
import { numberOfPath } from './numbers.ts';

export interface BlocklistOperationDependencies {
  readonly blocklist: BlocklistStore;
  readonly nowMs: () => number;
}

const presentedBlock = z
  .object({ phoneNumber: z.string(), reason: z.string(), blockedAt: z.string() })
  .meta({ id: 'Block' });

const newBlock = z.strictObject(
  {
    reason: wellFormedText.min(1, 'must not be empty').max(200, 'must be at most 200 characters'),
  },
  'must be a JSON object',
);

function presentBlock({ phoneNumber, reason, blockedAtMs }: Block): z.output<typeof presentedBlock> {
  return { phoneNumber: phoneNumber.reveal(), reason, blockedAt: timeText(blockedAtMs) };
}

/** Phone numbers that are never connected, whatever is booked for them: block, read, list and unblock. */
export function blocklistOperations(deps: BlocklistOperationDependencies): Operation[] {
  const { blocklist } = deps;
  return [
    operation({
      routeKey: 'GET /v1/blocklist',
      operationId: 'listBlocks',
      summary: 'List the phone numbers that are never connected.',
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(presentedBlock) },
      problems: [],
      async run({ query: { limit, cursor } }) {
        const page = await blocklist.list({ limit, ...(cursor !== undefined && { cursor }) });
        return { status: 200, body: { items: page.items.map(presentBlock), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'GET /v1/blocklist/{e164}',
      operationId: 'getBlock',
      summary: 'Read why a phone number is never connected.',
      answers: { 200: presentedBlock },
      problems: ['BLOCK_NOT_FOUND'],
      async run({ path }) {
        const block = await blocklist.find(numberOfPath(path));
        if (block === undefined) {
          throw new ProblemError(
            'BLOCK_NOT_FOUND',
            'The number was never blocked, or its block was removed.',
          );
        }
        return { status: 200, body: presentBlock(block) };
      },
    }),
    operation({
      routeKey: 'PUT /v1/blocklist/{e164}',
      operationId: 'putBlock',
      summary: 'Never connect a phone number again, in live bookings and in new ones; may be repeated.',
      body: newBlock,
      answers: { 200: presentedBlock },
      problems: [],
      async run({ path, body }) {
        return { status: 200, body: presentBlock(await blockNumber(numberOfPath(path), body.reason, deps)) };
      },
    }),
    operation({
      routeKey: 'DELETE /v1/blocklist/{e164}',
      operationId: 'removeBlock',
      summary: 'Let a phone number be booked and connected again; interrupted, it may be repeated.',
      answers: { 204: null },
      problems: ['BLOCK_NOT_FOUND'],
      async run({ path }) {
        await unblockNumber(numberOfPath(path), deps);
        return { status: 204 };
      },
    }),
  ];
}
