import { keys, utcMonth } from '../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { bookingAttributes } from '../../functions/shared/adapters/dynamodb/bookings/rows.ts';
import { type MemoryTables, routeOf } from '../../functions/shared/adapters/memory/memory-tables.ts';
import { type Booking, blockedUntilMs, type Claim, claimsOf } from '../../functions/shared/domain/booking.ts';
import type { PhoneNumber } from '../../functions/shared/domain/phone-number.ts';
import type { BookingStore } from '../../functions/shared/ports/booking-store.ts';
import type { CallRoutes } from '../../functions/shared/ports/call-routes.ts';
import { indexWriteUnits, itemBytes, readUnits, transactWriteUnits } from './item-size.ts';

/** Requests and capacity units, as DynamoDB would count them. */
export interface Consumption {
  requests: number;
  readUnits: number;
  writeUnits: number;
}

export const nothing = (): Consumption => ({ requests: 0, readUnits: 0, writeUnits: 0 });

/**
 * A store in memory that counts what each call of the port costs over DynamoDB: the keys it reads and the rows it
 * writes, by their sizes. The benchmark compares it with what the real engine reports.
 */
export function meterStore(
  store: BookingStore,
  tables: MemoryTables,
): { store: BookingStore; routes: CallRoutes; spent: Consumption } {
  const spent = nothing();
  const spend = (read: number, write: number): void => {
    spent.requests += 1;
    spent.readUnits += read;
    spent.writeUnits += write;
  };
  const holdingsRow = (phone: PhoneNumber): Record<string, unknown> => ({
    ...keys.holdings(phone),
    ttlEpochSeconds: 1_800_000_000,
    ...Object.fromEntries(
      [...(tables.holdings.get(phone.reveal())?.values() ?? [])].map(
        ({ virtualNumber, slot, bookingId, blockedUntilMs: untilMs }) => [
          virtualNumber.reveal(),
          { bookingId, blockedUntilMs: untilMs, slotCountry: slot?.country, slot: slot?.slot },
        ],
      ),
    ),
  });
  const holdingsWrite = ({ caller }: Claim): number => transactWriteUnits(itemBytes(holdingsRow(caller)));
  const pairWrite = (booking: Booking, claim: Claim): number =>
    transactWriteUnits(itemBytes(pairRow(booking, claim)));

  return {
    spent,
    routes: {
      async find(dialled, caller) {
        const claim = tables.claims.get(dialled.reveal())?.get(caller.reveal());
        spend(claim === undefined ? 1 : readUnits(itemBytes(pairRow(claim.terms, claim.claim))), 0);
        return claim && routeOf(claim);
      },
    },
    store: {
      async readContext(query) {
        const phones = query.phoneNumbers.reduce(
          (sum, phone) => sum + 1 + readUnits(itemBytes(holdingsRow(phone))),
          0,
        );
        const optional = [query.preferred, query.sticky || undefined, query.idempotencyKey];
        spend(1 + phones + optional.filter((one) => one !== undefined).length, 0);
        return store.readContext(query);
      },
      async readSlots(slots) {
        spend(slots.length, 0);
        return store.readSlots(slots);
      },
      async claim(request) {
        const outcome = await store.claim(request);
        const { booking } = request;
        const claims = claimsOf(booking);
        const numbers = new Set(claims.map(({ virtualNumber }) => virtualNumber.reveal()));
        const perClaim = claims.map(
          (claim) => pairWrite(booking, claim) + holdingsWrite(claim) + LINK_WRITE_UNITS,
        );
        const optional = (request.sticky ? 2 : 0) + (request.idempotency === undefined ? 0 : 2);
        const slotWrites = numbers.size * SLOT_WRITE_UNITS;
        spend(0, sum(perClaim) + bookingWrite(booking) + slotWrites + numbers.size + optional);
        return outcome;
      },
      async change(before, after, nowMs, given = []) {
        const outcome = await store.change(before, after, nowMs, given);
        const pairKey = ({ virtualNumber, caller }: Claim) => `${virtualNumber.reveal()} ${caller.reveal()}`;
        const old = new Set(claimsOf(before).map(pairKey));
        const touched = new Map(
          [...claimsOf(before), ...claimsOf(after)].map((claim) => [pairKey(claim), claim]),
        );
        const perClaim = [...touched].map(([key, claim]) => {
          const link = old.has(key) ? 0 : LINK_WRITE_UNITS + 1;
          return pairWrite(after, claim) + holdingsWrite(claim) + link;
        });
        spend(0, sum(perClaim) + bookingWrite(after) + given.length * SLOT_WRITE_UNITS);
        return outcome;
      },
      async find(bookingId) {
        const booking = await store.find(bookingId);
        spend(booking === undefined ? 1 : readUnits(itemBytes(bookingRow(booking))), 0);
        return booking;
      },
      async search(search) {
        const page = await store.search(search);
        const rows = page.items.map((booking) => itemBytes(bookingRow(booking)));
        if (search.phoneNumber === undefined && search.virtualNumber === undefined) {
          spend(readUnits(sum(rows)) / 2, 0);
          return page;
        }
        spend(search.phoneNumber === undefined ? 0.5 : 1, 0);
        if (rows.length > 0) spend(sum(rows.map(readUnits)), 0);
        return page;
      },
    },
  };
}

const LINK_WRITE_UNITS = 2;
const SLOT_WRITE_UNITS = 2;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function bookingRow(booking: Booking): Record<string, unknown> {
  return {
    ...keys.booking(booking.bookingId),
    ...bookingAttributes(booking),
    bookingOrder: booking.bookingId,
    creationMonth: utcMonth(booking.createdAtMs),
    ttlEpochSeconds: 1_800_000_000,
  };
}

/** The row and its copies in the index by month and, where it has a reference, by reference. */
function bookingWrite(booking: Booking): number {
  const bytes = itemBytes(bookingRow(booking));
  const copies = booking.reference === undefined ? 1 : 2;
  return transactWriteUnits(bytes) + copies * indexWriteUnits(bytes);
}

function pairRow(booking: Booking, claim: Claim): Record<string, unknown> {
  return {
    virtualNumber: claim.virtualNumber.reveal(),
    caller: claim.caller.reveal(),
    bookingId: booking.bookingId,
    callee: claim.callee.reveal(),
    callerId: claim.callerId.reveal(),
    mayCall: claim.mayCall,
    recordCalls: booking.recordCalls,
    expiresAtMs: booking.expiresAtMs,
    blockedUntilMs: blockedUntilMs(booking),
    ttlEpochSeconds: 1_800_000_000,
    ...booking.limits,
  };
}
