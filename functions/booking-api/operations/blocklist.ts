import * as z from 'zod';
import { ProblemError } from '../../shared/domain/problems.ts';
import type { Block, BlocklistStore } from '../../shared/ports/blocklist.ts';
import { blockNumber, unblockNumber } from '../../shared/use-cases/block-number.ts';
import { EXAMPLE_NOW_MS } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { countryBesideNumber, numberOfPath } from '../phone-numbers.ts';
import { listOf, pageQuery, presentedTime, timeText, wellFormedText } from '../values.ts';

export interface BlocklistOperationDependencies {
  readonly blocklist: BlocklistStore;
  readonly nowMs: () => number;
}

const presentedBlock = z
  .object({ phoneNumber: z.string(), reason: z.string(), blockedAt: presentedTime })
  .meta({ id: 'Block' });

const newBlock = z
  .strictObject(
    {
      reason: wellFormedText.min(1, 'must not be empty').max(200, 'must be at most 200 characters'),
    },
    'must be a JSON object',
  )
  .meta({ id: 'NewBlock' });

const exampleBlock = {
  phoneNumber: '+6591110009',
  reason: 'Reported by a driver.',
  blockedAt: timeText(EXAMPLE_NOW_MS),
};
const exampleList = { items: [exampleBlock], nextCursor: null };
const ofExample = { e164: exampleBlock.phoneNumber };

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
      tag: 'Blocklist',
      summary: 'List the phone numbers that are never connected.',
      description: 'In no particular order.',
      query: z.strictObject(pageQuery),
      answers: { 200: listOf(presentedBlock) },
      problems: [],
      example: { query: { limit: '20' }, answer: { status: 200, body: exampleList } },
      async run({ query: { limit, cursor } }) {
        const page = await blocklist.list({ limit, ...(cursor !== undefined && { cursor }) });
        return { status: 200, body: { items: page.items.map(presentBlock), nextCursor: page.nextCursor } };
      },
    }),
    operation({
      routeKey: 'GET /v1/blocklist/{e164}',
      operationId: 'getBlock',
      tag: 'Blocklist',
      summary: 'Read why a phone number is never connected.',
      description: 'The reason is the one that was given when the number was blocked.',
      query: countryBesideNumber,
      answers: { 200: presentedBlock },
      problems: ['BLOCK_NOT_FOUND'],
      example: { path: ofExample, answer: { status: 200, body: exampleBlock } },
      async run({ path, query }) {
        const block = await blocklist.find(numberOfPath(path, query));
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
      access: 'manage',
      operationId: 'putBlock',
      tag: 'Blocklist',
      summary: 'Never connect a phone number again.',
      description: 'It holds for live bookings and for new ones. May be repeated, with another reason too.',
      query: countryBesideNumber,
      body: newBlock,
      answers: { 200: presentedBlock },
      problems: [],
      example: {
        path: ofExample,
        body: { reason: exampleBlock.reason },
        answer: { status: 200, body: exampleBlock },
      },
      async run({ path, query, body }) {
        return {
          status: 200,
          body: presentBlock(await blockNumber(numberOfPath(path, query), body.reason, deps)),
        };
      },
    }),
    operation({
      routeKey: 'DELETE /v1/blocklist/{e164}',
      access: 'manage',
      operationId: 'removeBlock',
      tag: 'Blocklist',
      summary: 'Let a phone number be booked and connected again.',
      description: 'Live bookings connect it at once. Interrupted, it may be repeated.',
      query: countryBesideNumber,
      answers: { 204: null },
      problems: ['BLOCK_NOT_FOUND'],
      example: { path: ofExample, answer: { status: 204 } },
      async run({ path, query }) {
        await unblockNumber(numberOfPath(path, query), deps);
        return { status: 204 };
      },
    }),
  ];
}
