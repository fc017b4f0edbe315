import { createHash } from 'node:crypto';
import type { ClaimKey } from '../../../domain/booking.ts';
import type { PhoneNumber } from '../../../domain/phone-number.ts';

/*
 * BookingsTable: every key. What each access costs, and who is kept from whom by which condition, is in README.md.
 *
 * | row             | pk                        | sk                              | holds                                     |
 * |-----------------|---------------------------|---------------------------------|-------------------------------------------|
 * | booking         | BOOKING#<bookingId>       | BOOKING                         | the booking                               |
 * | link            | PHONE#<line>              | LINK#<fromMs>#<bookingId>#<number> | that the phone number had this claim   |
 * | marks           | PERSON#<digest of line>   | MARKS                           | whether a person is blocked or erased     |
 * | block           | BLOCKLIST                 | <digest of the line>            | the entry in the list of blocks           |
 * | idempotency key | IDEMPOTENCY#<digest>      | IDEMPOTENCY                     | the answer given to the key               |
 * | pair            | PAIR#<digest>             | PAIR                            | the numbers these people had last         |
 * | number          | NUMBERS                   | <E.164>                         | a virtual number and its state            |
 * | page of a pool  | PAGES                     | <country>#<page>                | some numbers of a country: active, others |
 * | version of them | POOL                      | PAGES                           | counts the changes of the pages           |
 * | list            | LIST#<month>              | <second>#<first bookingId>      | bookings made in a second, by their ids   |
 * | pool counts     | POOL_COUNTS#<country>#<n> | <hour, as 2026-12-01T10>        | live bookings and refusals, by the minute |
 *
 * CallRoutesTable: (virtual number, caller) is one claim. The same place is kept for what else answers a call to the
 * number: a caller `*` for anyone, `PIN#…` for a secret. A reader of a whole number must not take those for callers.
 *
 * Every row of a booking, a claim and a number says by `schemaVersion` in which shape it was written.
 */

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** The shape in which rows are written. */
export const SCHEMA_VERSION = 1;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const LINK_PREFIX = 'LINK#';
/** Where all blocks stand, under digests: a list's cursor names the last one and travels in URLs. */
export const blocklistPartition = 'BLOCKLIST';
export const numbersPartition = 'NUMBERS';
export const pagesPartition = 'PAGES';
/** Into so many pages the numbers of a country are divided: 100,000 numbers make pages of some 20 KB. */
const PAGES = 64;

export const keys = {
  booking: (bookingId: string): RowKey => ({ pk: `BOOKING#${bookingId}`, sk: 'BOOKING' }),
  link: ({ virtualNumber, caller }: ClaimKey, fromMs: number, bookingId: string): RowKey => ({
    pk: linksPartition(caller),
    sk: `${linkOrder(fromMs)}#${bookingId}#${virtualNumber.revealDigits()}`,
  }),
  marks: (person: PhoneNumber): RowKey => ({ pk: `PERSON#${digest(person.lineKey())}`, sk: 'MARKS' }),
  block: (phoneNumber: PhoneNumber): RowKey => ({
    pk: blocklistPartition,
    sk: digest(phoneNumber.lineKey()),
  }),
  idempotency: (idempotencyKey: string): RowKey => ({
    pk: `IDEMPOTENCY#${digest(idempotencyKey)}`,
    sk: 'IDEMPOTENCY',
  }),
  number: (virtualNumber: PhoneNumber): RowKey => ({ pk: numbersPartition, sk: virtualNumber.reveal() }),
  page: (country: string, virtualNumber: PhoneNumber): RowKey => ({
    pk: pagesPartition,
    sk: `${country}#${String(pageOf(virtualNumber)).padStart(2, '0')}`,
  }),
  pagesVersion: (): RowKey => ({ pk: 'POOL', sk: 'PAGES' }),
  list: (month: string, second: string, firstBookingId: string): RowKey => ({
    pk: `LIST#${month}`,
    sk: `${second}#${firstBookingId}`,
  }),
  poolCounts: (country: string, shard: number, hourText: string): RowKey => ({
    pk: `POOL_COUNTS#${country}#${shard}`,
    sk: hourText,
  }),
  pair: (phoneNumbers: readonly PhoneNumber[]): RowKey => ({
    pk: `PAIR#${digest(
      phoneNumbers
        .map((number) => number.lineKey())
        .sort()
        .join(),
    )}`,
    sk: 'PAIR',
  }),
};

function pageOf(virtualNumber: PhoneNumber): number {
  return createHash('sha256').update(virtualNumber.reveal()).digest().readUInt8(0) % PAGES;
}

/** The key of a claim in the table of call routes. */
export const claimKey = ({ virtualNumber, caller }: ClaimKey) => ({
  virtualNumber: virtualNumber.lineKey(),
  caller: caller.lineKey(),
});

/** Where the links of a phone number stand. */
export const linksPartition = (phoneNumber: PhoneNumber): string => `PHONE#${phoneNumber.lineKey()}`;

/** Where links from a moment on begin; fixed width, so that text order is time order. */
export function linkOrder(fromMs: number): string {
  return `${LINK_PREFIX}${String(fromMs).padStart(13, '0')}`;
}

/** The first key after every link. */
export const afterLinks = 'LINK$';
export const linkPrefix = LINK_PREFIX;

/** The booking that a link names. */
export function bookingIdOfLink(sk: string): string {
  return sk.split('#')[2] ?? '';
}

/** The month of a moment in UTC, as `2026-12`. */
export function utcMonth(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7);
}
