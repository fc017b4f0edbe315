import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { SessionInput } from '../../../domain/session.ts';
import type { BookingLinks, RecordOptions, SessionRecorder } from '../../../ports/call-record.ts';
import { abortable } from '../../abortable.ts';
import type { Row } from '../batch-read.ts';
import {
  type CallKey,
  keyNames,
  nameOf,
  PARTY_PREFIX,
  packInput,
  SCHEMA_VERSION,
  SESSION_ITEM,
  type SessionKeys,
  type StoredInput,
  sweptAt,
} from './calls-table-rows.ts';
import { queryRows, type StoredSession, sessionOf, viewOf, weightOf } from './calls-table-session.ts';
import { areSame, keysOf, pointToAsk, wayOfWriting } from './session-keys.ts';

/** Writers that may come in between before this one leaves it to a repetition. */
const MAX_ROUNDS = 16;

export interface SessionRecorderOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly bookingLinks: BookingLinks;
  readonly retentionDays: number;
}

/** What a conditional write came to, with the row as it is now where the store told it. */
interface Written {
  readonly done: boolean;
  readonly row: Row | undefined;
}

/** Writes the record of calls; rows, keys and costs are listed in `calls-table-rows.ts`. */
export function createSessionRecorder(options: SessionRecorderOptions): SessionRecorder {
  const { client, tableName, bookingLinks, retentionDays } = options;

  async function update(
    sessionId: string,
    { set, remove = [], ...rest }: UpdateSteps,
    signal: AbortSignal | undefined,
  ): Promise<Written> {
    const removal = remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`;
    try {
      const { Attributes: row } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { sessionId, item: SESSION_ITEM } satisfies CallKey,
          ...rest,
          UpdateExpression: `SET ${set.join(', ')}${removal} ADD inputCount :weight`,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
        abortable(signal),
      );
      return { done: true, row };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, row: error.Item && unmarshall(error.Item) };
    }
  }

  async function putOnce(item: Row & CallKey, signal: AbortSignal | undefined): Promise<void> {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(sessionId)',
        }),
        abortable(signal),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Asks for the holder of the pair where nothing else tells the booking. */
  async function completedKeys(
    sessionId: string,
    inputs: readonly StoredInput[],
    before: SessionKeys | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SessionKeys> {
    const view = viewOf(sessionId, inputs, before?.heldBy);
    const keys = keysOf(view, inputs, before);
    const point = pointToAsk(view, before);
    if (point === undefined) return keys;
    const { virtualNumber, phoneNumber, atMs } = point;
    const heldBy = await bookingLinks.findHolderAt(virtualNumber, phoneNumber, atMs, signal);
    return { ...keys, bookingId: heldBy, heldBy, heldAtMs: atMs };
  }

  /** Rows that lead to a session come before the session says that they are there. */
  async function putPointers(
    sessionId: string,
    { pointers = [], sessionOrder }: SessionKeys,
    before: SessionKeys | undefined,
    { receivedAtMs, signal }: RecordOptions,
  ): Promise<void> {
    const known = new Set(before?.pointers);
    for (const item of pointers.filter((one) => !known.has(one))) {
      const value = item.slice(item.indexOf('#') + 1);
      await putOnce(
        {
          sessionId,
          item,
          sessionOrder,
          ...(item.startsWith(PARTY_PREFIX) ? { callerNumber: value } : { recordingId: value }),
          ttlEpochSeconds: sweptAt(receivedAtMs, retentionDays),
        },
        signal,
      );
    }
  }

  /** Brings the keys of a session to what its inputs say, unless another writer has added one meanwhile. */
  async function refreshKeys(sessionId: string, first: StoredSession, recordOptions: RecordOptions) {
    let stored = first;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const view = viewOf(sessionId, stored.inputs, stored.keys?.heldBy);
      const keys = keysOf(view, stored.inputs, stored.keys);
      if (areSame(stored.keys, keys)) return;
      await putPointers(sessionId, keys, stored.keys, recordOptions);
      const { done, row } = await update(
        sessionId,
        {
          ...keySteps(keys),
          ConditionExpression: 'inputCount = :seen',
          ExpressionAttributeValues: { ...keyValues(keys), ':seen': stored.inputCount, ':weight': 0 },
        },
        recordOptions.signal,
      );
      const next = row && sessionOf(sessionId, [row]);
      if (done || next === undefined) return;
      stored = next;
    }
  }

  /** Adds an input without a look at the row, and looks at what came of it. */
  async function writeAtOnce(sessionId: string, input: SessionInput, recordOptions: RecordOptions) {
    const { receivedAtMs, signal } = recordOptions;
    const added: StoredInput = { name: nameOf(input), input, receivedAtMs };
    const keys = keysOf(viewOf(sessionId, [added], undefined), [added], undefined);
    const { row } = await update(
      sessionId,
      {
        ...inputSteps(['#input'], { set: namesIn(keys).map(unlessThere) }),
        ConditionExpression: 'attribute_not_exists(#input)',
        ExpressionAttributeNames: { '#input': added.name },
        ExpressionAttributeValues: {
          ...inputValues([packInput(input, receivedAtMs)], receivedAtMs, weightOf(input)),
          ...keyValues(keys),
        },
      },
      signal,
    );
    const stored = row && sessionOf(sessionId, [row]);
    if (stored !== undefined) await refreshKeys(sessionId, stored, recordOptions);
  }

  /** Looks at everything that is known, and adds the input with all that follows from it in one write. */
  async function writeAfterLook(sessionId: string, input: SessionInput, recordOptions: RecordOptions) {
    const { receivedAtMs, signal } = recordOptions;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const stored = sessionOf(sessionId, await queryRows(client, tableName, sessionId, signal));
      const name = nameOf(input);
      const earlier = stored?.inputs.find((one) => one.name === name);
      if (stored !== undefined && earlier !== undefined && !isBetter(input, earlier.input)) {
        return refreshKeys(sessionId, stored, recordOptions);
      }
      const others = stored?.inputs.filter((one) => one.name !== name) ?? [];
      const inputs = [...others, { name, input, receivedAtMs }];
      const keys = await completedKeys(sessionId, inputs, stored?.keys, signal);
      await putPointers(sessionId, keys, stored?.keys, recordOptions);
      // What was kept aside comes along, so that lists show it.
      const added = inputs.filter((one) => one.name === name || stored?.inSessionRow.has(one.name) === false);
      const names = Object.fromEntries(added.map((one, position) => [`#input${position}`, one.name]));
      const replaced = stored?.inSessionRow.has(name) === true && earlier ? weightOf(earlier.input) : 0;
      const weight = added.reduce((sum, one) => sum + weightOf(one.input), 0) - replaced;
      const { done } = await update(
        sessionId,
        {
          ...inputSteps(Object.keys(names), keySteps(keys)),
          ConditionExpression:
            stored?.keys === undefined ? 'attribute_not_exists(sessionId)' : 'inputCount = :seen',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: {
            ...inputValues(
              added.map((one) => packInput(one.input, one.receivedAtMs)),
              receivedAtMs,
              weight,
            ),
            ...keyValues(keys),
            ...(stored?.keys !== undefined && { ':seen': stored.inputCount }),
          },
        },
        signal,
      );
      if (done) return;
    }
    throw new Error('The session was being written by too many others; try again.');
  }

  /** Keeps an event in a row of its own, by which the people on it find the call as well. */
  async function writeAside(
    sessionId: string,
    input: SessionInput,
    { receivedAtMs, signal }: RecordOptions,
  ): Promise<void> {
    const added: StoredInput = { name: nameOf(input), input, receivedAtMs };
    const keys = keysOf(viewOf(sessionId, [added], undefined), [added], undefined);
    const { sessionOrder, callerNumber, calleeNumber } = keys;
    await putOnce(
      {
        sessionId,
        item: added.name,
        [added.name]: packInput(input, receivedAtMs),
        sessionOrder,
        callerNumber,
        calleeNumber,
        schemaVersion: SCHEMA_VERSION,
        ttlEpochSeconds: sweptAt(receivedAtMs, retentionDays),
      },
      signal,
    );
  }

  function inputValues(packed: readonly unknown[], receivedAtMs: number, weight: number) {
    const inputs = packed.map((value, position): [string, unknown] => [`:input${position}`, value]);
    return {
      ...Object.fromEntries(inputs),
      ':version': SCHEMA_VERSION,
      ':ttl': sweptAt(receivedAtMs, retentionDays),
      ':weight': weight,
    };
  }

  const writers = { 'at-once': writeAtOnce, 'after-look': writeAfterLook, aside: writeAside };

  return {
    record: (sessionId, input, recordOptions) =>
      writers[wayOfWriting(input, recordOptions.receivedAtMs)](sessionId, input, recordOptions),
  };
}

/** The parts of an update beside its table and key. */
interface UpdateSteps extends Omit<UpdateCommandInput, 'TableName' | 'Key' | 'UpdateExpression'> {
  readonly set: readonly string[];
  readonly remove?: readonly string[];
}

/** Of a recording told twice the one that was seen counts; everything else stays as it came first. */
function isBetter(input: SessionInput, earlier: SessionInput): boolean {
  return (
    input.kind === 'recording' &&
    earlier.kind === 'recording' &&
    input.recording.verified &&
    !earlier.recording.verified
  );
}

const namesIn = (keys: SessionKeys) => keyNames.filter((name) => keys[name] !== undefined);

function keyValues(keys: SessionKeys): Record<string, unknown> {
  return Object.fromEntries(namesIn(keys).map((name) => [`:${name}`, keys[name]]));
}

function keySteps(keys: SessionKeys) {
  return {
    set: namesIn(keys).map((name) => `${name} = :${name}`),
    remove: keyNames.filter((name) => keys[name] === undefined),
  };
}

const unlessThere = (name: string) => `${name} = if_not_exists(${name}, :${name})`;

function inputSteps(places: readonly string[], { set, ...rest }: Pick<UpdateSteps, 'set' | 'remove'>) {
  return {
    ...rest,
    set: [
      ...places.map((place, position) => `${place} = :input${position}`),
      ...set,
      'schemaVersion = :version',
      'ttlEpochSeconds = :ttl',
    ],
  };
}
