import { createHash } from 'node:crypto';
import type { PhoneNumber } from '../../../domain/phone-number.ts';
import type { SlotRef } from '../../../domain/pool.ts';

/*
 * BookingsTable: every key, and what each access costs.
 *
 * | row             | pk                     | sk                        | holds                                       |
 * |-----------------|------------------------|---------------------------|---------------------------------------------|
 * | booking         | BOOKING#<bookingId>    | BOOKING                   | the booking                                 |
 * | holdings        | PHONE#<E.164>          | HOLDINGS                  | per virtual number: who blocks it till when |
 * | link            | PHONE#<E.164>          | LINK#<fromMs>#<bookingId> | that the phone number was in this booking   |
 * | number          | NUMBERS                | <E.164>                   | a virtual number and its state              |
 * | pool sizes      | POOL                   | SIZES                     | per country: how many slots                 |
 * | slot            | SLOT#<country>#<n>     | SLOT                      | the n-th active number of a country         |
 * | block           | BLOCKLIST              | <digest of the E.164>     | why a number is never connected             |
 * | idempotency key | IDEMPOTENCY#<digest>   | IDEMPOTENCY               | the answer given to the key                 |
 * | pool counts     | POOL_COUNTS#<country>#<n> | <hour, as 2026-12-01T10>  | live bookings and refusals, by the minute |
 * | pair            | PAIR#<digest>          | PAIR                      | the numbers these people had last           |
 *
 * | access                                | requests                                     | units (one phone number a party)       |
 * |---------------------------------------|----------------------------------------------|----------------------------------------|
 * | make a booking                        | BatchGet context, BatchGet slots, Transact   | 7 + 8 read, 16 write + 3 for indexes    |
 * |   … for each number lost to a race    | Transact                                     | 16 write                               |
 * | one booking                           | GetItem                                      | 1 read                                 |
 * | change or end a booking               | GetItem, Transact                            | 1 read, 10 write                       |
 * |   … extend it into another week       | GetItem of each claim                        | 2 read, 5 write                        |
 * | search by phone number                | Query PHONE#…/LINK#…, BatchGet               | 1 read + 1 a booking                   |
 * | search by virtual number              | Query index byVirtualNumber, BatchGet        | 1 read + 1 a booking                   |
 * | search by reference / by month        | Query index byReference / byCreationMonth      | 0.5 read / 4 KB                        |
 * | who held a pair at a moment           | Query PHONE#…/LINK#…                         | 1 read                                 |
 * | add, drain, restore a number          | BatchGet, Transact                           | 3 read, 8–12 write                     |
 *
 * None of them grows with the pool, with the bookings alive or with history. Reads of the base table are
 * consistent; those of indexes cannot be, and serve searches only.
 */

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const LINK_PREFIX = 'LINK#';
/** Where all blocks stand, under digests: a list's cursor names the last one and travels in URLs. */
export const blocklistPartition = 'BLOCKLIST';

export const keys = {
  booking: (bookingId: string): RowKey => ({ pk: `BOOKING#${bookingId}`, sk: 'BOOKING' }),
  holdings: (phoneNumber: PhoneNumber): RowKey => ({ pk: `PHONE#${phoneNumber.reveal()}`, sk: 'HOLDINGS' }),
  link: (phoneNumber: PhoneNumber, fromMs: number, bookingId: string): RowKey => ({
    pk: `PHONE#${phoneNumber.reveal()}`,
    sk: `${linkOrder(fromMs)}#${bookingId}`,
  }),
  number: (virtualNumber: PhoneNumber): RowKey => ({ pk: 'NUMBERS', sk: virtualNumber.reveal() }),
  sizes: (): RowKey => ({ pk: 'POOL', sk: 'SIZES' }),
  slot: (ref: SlotRef): RowKey => ({ pk: `SLOT#${ref.country}#${ref.slot}`, sk: 'SLOT' }),
  block: (phoneNumber: PhoneNumber): RowKey => ({ pk: blocklistPartition, sk: digest(phoneNumber.reveal()) }),
  idempotency: (idempotencyKey: string): RowKey => ({
    pk: `IDEMPOTENCY#${digest(idempotencyKey)}`,
    sk: 'IDEMPOTENCY',
  }),
  poolCounts: (country: string, shard: number, hourText: string): RowKey => ({
    pk: `POOL_COUNTS#${country}#${shard}`,
    sk: hourText,
  }),
  pair: (phoneNumbers: readonly PhoneNumber[]): RowKey => ({
    pk: `PAIR#${digest(
      phoneNumbers
        .map((number) => number.reveal())
        .sort()
        .join(),
    )}`,
    sk: 'PAIR',
  }),
};

/** Where links from a moment on begin; fixed width, so that text order is time order. */
export function linkOrder(fromMs: number): string {
  return `${LINK_PREFIX}${String(fromMs).padStart(13, '0')}`;
}

/** The first key after every link. */
export const afterLinks = 'LINK$';
export const linkPrefix = LINK_PREFIX;

/** The booking that a link names. */
export function bookingIdOfLink(sk: string): string {
  return sk.slice(sk.lastIndexOf('#') + 1);
}

/** The month of a moment in UTC, as `2026-12`. */
export function utcMonth(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}

/** The same key as one text, for maps. */
export function keyText({ pk, sk }: RowKey): string {
  return `${pk}\n${sk}`;
}
