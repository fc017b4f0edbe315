import type { ErasureDependencies } from '../shared/use-cases/erase-party.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';
import type { Operation } from './operation.ts';
import { type BlocklistOperationDependencies, blocklistOperations } from './operations/blocklist.ts';
import { type BookingOperationDependencies, bookingOperations } from './operations/bookings.ts';
import { type ClickToCallDependencies, clickToCallOperation } from './operations/click-to-call.ts';
import { descriptionOperations } from './operations/descriptions.ts';
import { type MenuOperationDependencies, menuOperations } from './operations/menus.ts';
import { type MessageOperationDependencies, messageOperation } from './operations/messages.ts';
import { type NumberSyncOperationDependencies, numberSyncOperation } from './operations/number-sync.ts';
import { type NumberOperationDependencies, numberOperations } from './operations/numbers.ts';
import { partyOperations } from './operations/parties.ts';
import { poolOperation } from './operations/pool.ts';
import { type RenumberOperationDependencies, renumberOperation } from './operations/renumber.ts';
import { type SessionOperationDependencies, sessionOperations } from './operations/sessions.ts';
import { type PoolWatchDependencies, watchPool } from './pool-watch.ts';

/** What all operations together need. */
export type ServiceDependencies = Omit<BookingOperationDependencies, 'onChoice'> &
  PoolWatchDependencies &
  RenumberOperationDependencies &
  BlocklistOperationDependencies &
  NumberSyncOperationDependencies &
  ClickToCallDependencies &
  MenuOperationDependencies &
  MessageOperationDependencies &
  Pick<NumberOperationDependencies, 'strangers'> &
  SessionOperationDependencies &
  Pick<ErasureDependencies, 'traces' | 'newErasureId'>;

/** Every operation of the booking API, its own description among them. */
export function serviceOperations(service: ServiceDependencies): readonly Operation[] {
  const deps = { ...service, onChoice: watchPool(service) };
  const operations: readonly Operation[] = [
    ...bookingOperations(deps),
    ...numberOperations(deps),
    poolOperation(deps),
    renumberOperation(deps),
    ...blocklistOperations(deps),
    numberSyncOperation(deps),
    clickToCallOperation(deps),
    ...menuOperations(deps),
    messageOperation(deps),
    ...sessionOperations(deps),
    ...partyOperations(deps),
    ...descriptionOperations({ openApiDocument: () => openApiDocument(operations), asyncApiDocument }),
  ];
  return operations;
}
