import { claimKey, keys, SCHEMA_VERSION } from '../../functions/shared/adapters/dynamodb/bookings/keys.ts';
import { bookingAttributes } from '../../functions/shared/adapters/dynamodb/bookings/rows.ts';
import { claimOn, type MemoryTables, routeOf } from '../../functions/shared/adapters/memory/memory-tables.ts';
import {
  type Booking,
  type Claim,
  claimsOf,
  claimText,
  endsAtMs,
  freeAtMs,
} from '../../functions/shared/domain/booking.ts';
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
  const claimWrite = (booking: Booking, claim: Claim): number =>
    transactWriteUnits(itemBytes(claimRowOf(booking, claim)));

  return {
    spent,
    routes: {
      async find(dialled, caller) {
        const found = claimOn(tables, { virtualNumber: dialled, caller });
        spend(found === undefined ? 1 : readUnits(itemBytes(claimRowOf(found.terms, found.claim))), 0);
        return found && routeOf(found);
      },
    },
    store: {
      async readContext(query) {
        const optional = [query.sticky || undefined, query.idempotencyKey];
        const others = query.phoneNumbers.length + optional.filter((one) => one !== undefined).length;
        spend(others + query.claims.length * (query.consistent ? 1 : 0.5), 0);
        return store.readContext(query);
      },
      async readClaims(claims) {
        spend(claims.length, 0);
        return store.readClaims(claims);
      },
      async readMarks(phoneNumbers) {
        spend(phoneNumbers.length, 0);
        return store.readMarks(phoneNumbers);
      },
      async claim(request) {
        const outcome = await store.claim(request);
        const { booking } = request;
        const claims = claimsOf(booking);
        const numbers = new Set(claims.map(({ virtualNumber }) => virtualNumber.reveal()));
        const perClaim = claims.map((claim) => claimWrite(booking, claim) + LINK_WRITE_UNITS);
        const optional = (request.sticky ? 2 : 0) + (request.idempotency === undefined ? 0 : 2);
        spend(0, sum(perClaim) + bookingWrite(booking) + numbers.size + optional);
        return outcome;
      },
      async change(before, after, nowMs) {
        const outcome = await store.change(before, after, nowMs);
        const old = new Set(claimsOf(before).map(claimText));
        const touched = new Map(
          [...claimsOf(before), ...claimsOf(after)].map((claim) => [claimText(claim), claim]),
        );
        const perClaim = [...touched].map(
          ([key, claim]) => claimWrite(after, claim) + (old.has(key) ? 0 : LINK_WRITE_UNITS + 1),
        );
        spend(0, sum(perClaim) + bookingWrite(after));
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
        if (search.reference !== undefined) {
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
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function bookingRow(booking: Booking): Record<string, unknown> {
  return {
    ...keys.booking(booking.bookingId),
    ...bookingAttributes(booking),
    bookingOrder: booking.bookingId,
    ttlEpochSeconds: 1_800_000_000,
  };
}

/** The row and, where it has a reference, its copy in the index by reference. */
function bookingWrite(booking: Booking): number {
  const bytes = itemBytes(bookingRow(booking));
  return transactWriteUnits(bytes) + (booking.reference === undefined ? 0 : indexWriteUnits(bytes));
}

function claimRowOf(booking: Booking, claim: Claim): Record<string, unknown> {
  return {
    ...claimKey(claim),
    schemaVersion: SCHEMA_VERSION,
    bookingId: booking.bookingId,
    fromMs: booking.createdAtMs,
    callee: claim.callee.reveal(),
    callerId: claim.callerId.reveal(),
    mayCall: claim.mayCall,
    recordCalls: booking.recordCalls,
    expiresAtMs: booking.expiresAtMs,
    endsAtMs: endsAtMs(booking),
    freeAtMs: freeAtMs(booking),
    ttlEpochSeconds: 1_800_000_000,
    ...booking.limits,
  };
}
