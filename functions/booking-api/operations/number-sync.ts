import * as z from 'zod';
import type { VirtualNumberInventory } from '../../shared/ports/eight-by-eight-account.ts';
import type { NumberStore } from '../../shared/ports/number-store.ts';
import { syncNumbers } from '../../shared/use-cases/sync-numbers.ts';
import { askEightByEight, eightByEightProblems, notConfigured } from '../eight-by-eight-problems.ts';
import { type Operation, operation } from '../operation.ts';

export interface NumberSyncOperationDependencies {
  /** Undefined where the deployment has no API key of 8x8. */
  readonly inventory: VirtualNumberInventory | undefined;
  readonly numbers: NumberStore;
  readonly nowMs: () => number;
}

const report = z
  .object({
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    missing: z.int().describe('Numbers that 8x8 no longer lists; they are inactive now.'),
    unreadable: z
      .int()
      .describe('Numbers with a state or country that could not be read; left as they were.'),
    complete: z
      .boolean()
      .describe('False: the list was cut short or has none of our numbers; see `missing`.'),
  })
  .meta({ id: 'NumberSync' });

/** Takes over the virtual numbers and their health from 8x8. */
export function numberSyncOperation(deps: NumberSyncOperationDependencies): Operation {
  const { inventory, numbers, nowMs } = deps;
  return operation({
    routeKey: 'POST /v1/numbers/sync',
    access: 'manage',
    operationId: 'syncNumbers',
    tag: 'Numbers',
    summary: 'Take over the virtual numbers and their health from 8x8.',
    description:
      'A deployment with an API key does so by itself too. Numbers that 8x8 no longer lists become inactive.',
    answers: { 200: report },
    problems: [...eightByEightProblems],
    example: {
      answer: {
        status: 200,
        body: { added: 0, changed: 0, unchanged: 2, missing: 0, unreadable: 0, complete: true },
      },
    },
    async run() {
      if (inventory === undefined) throw notConfigured();
      return { status: 200, body: await askEightByEight(() => syncNumbers({ inventory, numbers, nowMs })) };
    },
  });
}
