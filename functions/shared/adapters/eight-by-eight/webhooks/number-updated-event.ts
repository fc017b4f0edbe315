import * as z from 'zod/mini';
import type { NumberUpdatedEvent, VirtualNumberState } from '../../../domain/webhook-events.ts';
import { readPhoneNumber } from './phone-address.ts';
import { eventType, fields, optional, type ParsedWebhook, parseWebhook, required } from './webhook-schema.ts';
import { isAbsent, readCount, readCountryCode, readInstantMs, readName, readText } from './webhook-values.ts';

const virtualNumber = fields({
  msisdn: required(readPhoneNumber, 'must be a phone number'),
  operationalStatus: optional(readName),
  countryCode: optional(readCountryCode),
  updateStatus: optional(readName),
  updatedTimestamp: optional(readInstantMs),
});

const numberUpdated = fields({
  eventType: eventType('VIRTUAL_NUMBER_UPDATE'),
  payload: fields({
    subAccountId: optional(readText),
    totalNumbers: optional(readCount),
    updateEventType: optional(readName),
    virtualNumbers: required(readEntries, 'must be a list of virtual numbers'),
  }),
});

/** The list, or one entry where there is no list around it: the documentation calls the field an object. */
function readEntries(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value === undefined) return undefined;
  if (isAbsent(value)) return [];
  return typeof value === 'object' ? [value] : undefined;
}

/** Reads the JSON body of a VNU. Entries without a readable number are counted and left out. */
export function parseNumberUpdated(body: unknown): ParsedWebhook<NumberUpdatedEvent> {
  return parseWebhook(numberUpdated, toEvent, body);
}

function toEvent({ payload }: z.output<typeof numberUpdated>): NumberUpdatedEvent {
  const numbers = payload.virtualNumbers.flatMap(toVirtualNumber);
  return {
    subAccountId: payload.subAccountId,
    // An update of unknown type is read as the one that says nothing about the numbers it leaves out.
    updateType: payload.updateEventType ?? 'UPDATES',
    totalNumbers: payload.totalNumbers,
    numbers,
    unreadableEntries: payload.virtualNumbers.length - numbers.length,
  };
}

function toVirtualNumber(entry: unknown): VirtualNumberState[] {
  const parsed = z.safeParse(virtualNumber, entry);
  if (!parsed.success) return [];
  const { msisdn, operationalStatus, countryCode, updateStatus, updatedTimestamp } = parsed.data;
  return [{ number: msisdn, operationalStatus, countryCode, updateStatus, updatedAtMs: updatedTimestamp }];
}
