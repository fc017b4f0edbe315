import { bookingsToEnd, end, MOST_CALLS } from './bookings.ts';
import { call } from './calls.ts';
import { ask, complain, type PlayedSession, type Scene } from './scene.ts';
import { erase } from './upkeep.ts';

/** What must be true once everything has been done, heard and told. */
export async function judgeTheEnd(scene: Scene): Promise<void> {
  await everySessionIsComplete(scene);
  everythingWasTold(scene);
  await limitsAreKept(scene);
  await everythingCanBeEnded(scene);
  await nobodyIsConnectedAnyMore(scene);
  await theErasedAreForgotten(scene);
}

async function everySessionIsComplete(scene: Scene): Promise<void> {
  const { ledger, sessions } = scene;
  for (const session of sessions) {
    if ([session.caller, session.callee].some((one) => ledger.erasureAskedMs.has(one ?? ''))) continue;
    if (session.takenEvents.size === 0 && !session.summaryTaken && session.recordingTaken === undefined)
      continue;
    const { status, json } = await ask(scene, 'GET', `/v1/sessions/${session.sessionId}`);
    if (status !== 200) {
      complain(scene, 'event lost', `a session that was told of is answered ${status}`);
      continue;
    }
    checkSession(scene, session, json as never);
  }
}

interface PresentedSession {
  readonly bookingId: string | null;
  readonly status: string;
  readonly endedAt: string | null;
  readonly events: readonly { readonly eventId: string }[];
  readonly recordings: readonly { readonly recordingId: string }[];
  readonly decision: object | null;
}

function checkSession(scene: Scene, session: PlayedSession, shown: PresentedSession): void {
  const known = new Set(shown.events.map(({ eventId }) => eventId));
  const missing = [...session.takenEvents].filter((eventId) => !known.has(eventId));
  if (missing.length > 0) complain(scene, 'event lost', `${missing.length} status events of a session`);
  if (session.summaryTaken && shown.endedAt === null)
    complain(scene, 'event lost', 'the summary of a session');
  const { recordingTaken } = session;
  if (recordingTaken !== undefined && !shown.recordings.some((one) => one.recordingId === recordingTaken)) {
    complain(scene, 'event lost', 'the recording of a session');
  }
  if (session.isDecisionCertain && shown.decision === null) {
    complain(scene, 'event lost', 'the decision of a session');
  }
  if (session.bookingId !== undefined && shown.bookingId !== session.bookingId) {
    complain(scene, 'told wrongly', `a session belongs to ${shown.bookingId}, not to ${session.bookingId}`);
  }
}

function everythingWasTold(scene: Scene): void {
  const { world, ledger, sessions } = scene;
  const told = new Map<string, string[]>();
  for (const [at, { type, detail }] of world.published.entries()) {
    for (const text of new Set(textsOf(detail))) {
      const list = told.get(text) ?? [];
      list.push(`${at} ${type}`);
      told.set(text, list);
    }
  }
  const placeOf = (id: string, type: string) =>
    Number(
      told
        .get(id)
        ?.find((one) => one.endsWith(` ${type}`))
        ?.split(' ')[0] ?? Number.NaN,
    );
  for (const booking of ledger.bookings.values()) {
    const { bookingId, state } = booking;
    const created = placeOf(bookingId, 'booking.created');
    if (Number.isNaN(created)) complain(scene, 'event lost', `nobody was told that ${bookingId} was made`);
    if (state !== 'ended' || booking.parties.some(({ phone }) => ledger.erasureAskedMs.has(phone))) continue;
    const ended = placeOf(bookingId, 'booking.ended');
    if (booking.expiresAtMs < world.clock.nowMs && Number.isNaN(ended)) continue;
    if (Number.isNaN(ended)) complain(scene, 'event lost', `nobody was told that ${bookingId} ended`);
    if (ended < created) complain(scene, 'event lost', `${bookingId} was told of in the wrong order`);
  }
  for (const session of sessions) {
    if (!session.summaryTaken) continue;
    if ([session.caller, session.callee].some((one) => ledger.erasureAskedMs.has(one ?? ''))) continue;
    if (Number.isNaN(placeOf(session.sessionId, 'session.completed'))) {
      complain(scene, 'event lost', 'nobody was told that a session was completed');
    }
  }
  for (const [queue, count] of Object.entries(world.queues.deadLetters())) {
    complain(scene, 'event lost', `${count} dead letters in ${queue}`);
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...value.split('/')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

/** Once all calls are counted, a booking connects as many as it may, and no more. */
async function limitsAreKept(scene: Scene): Promise<void> {
  const { ledger, sessions, world } = scene;
  for (const booking of ledger.bookings.values()) {
    const { bookingId, isLimited, state, expiresAtMs, parties } = booking;
    if (!isLimited || state !== 'live' || expiresAtMs < world.clock.nowMs + 60_000) continue;
    const [way] = ledger.openWays(bookingId);
    if (way === undefined || [...way.doubts.keys()].some((why) => why !== 'limit')) continue;
    if (parties.some(({ phone }) => ledger.erasureAskedMs.has(phone))) continue;
    const connected = sessions.filter(
      ({ caller, virtualNumber, callee }) =>
        callee !== undefined &&
        ledger
          .openWays(bookingId)
          .some((one) => one.caller === caller && one.virtualNumber === virtualNumber),
    ).length;
    const before = sessions.length;
    await call(scene, way.caller, way.virtualNumber ?? '');
    const isConnected = sessions[before]?.callee !== undefined;
    if (isConnected === connected < MOST_CALLS) continue;
    complain(
      scene,
      'told wrongly',
      `call ${connected + 1} of ${MOST_CALLS} was ${isConnected ? '' : 'not '}connected`,
    );
  }
}

async function everythingCanBeEnded(scene: Scene): Promise<void> {
  for (const booking of bookingsToEnd(scene)) await end(scene, booking);
}

async function nobodyIsConnectedAnyMore(scene: Scene): Promise<void> {
  const { ledger, people, numbers, chance } = scene;
  // Only bookings whose answer was lost may still connect, and of those the ledger knows.
  for (let time = 0; time < 30; time += 1) {
    const caller = chance.pick(people);
    const [way] = ledger.waysOf(caller).slice(-1);
    await call(scene, caller, way?.virtualNumber ?? chance.pick(numbers));
  }
}

async function theErasedAreForgotten(scene: Scene): Promise<void> {
  const { world, people, ledger } = scene;
  await world.clock.sleep(60_000);
  const once = [...ledger.erasureAskedMs.keys()].slice(0, 3);
  for (const person of new Set([...once, ...people.slice(0, 2)])) {
    if (ledger.maybeBlocked.has(person)) continue;
    await erase(scene, person);
    await world.clock.sleep(10_000);
    const left = [...world.database.engine.tables.values()].flatMap((table) =>
      table.rows.all().filter((row) => JSON.stringify(row, readable).includes(person.slice(1))),
    );
    if (left.length === 0) continue;
    const [row] = left;
    complain(
      scene,
      'trace left',
      `${left.length} rows, such as ${JSON.stringify(row, readable).slice(0, 300)}`,
    );
  }
}

function readable(_: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}
