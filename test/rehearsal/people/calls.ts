import { AUTHORIZATION, SUB_ACCOUNT } from '../world/world.ts';
import { complain, type PlayedSession, type Scene } from './scene.ts';

const PREFIX = 'recordings';
const CALLER_PATIENCE_MS = 2_000;
const MOST_TRIES = 6;

interface Action {
  readonly action: string;
  readonly params?: { readonly source?: string; readonly destination?: string };
}

/** Somebody dials a virtual number, and the platform plays the call to its end. */
export async function call(scene: Scene, caller: string, virtualNumber: string): Promise<void> {
  const { world, chance, counts } = scene;
  counts.calls += 1;
  const sessionId = uuid(scene);
  const startMs = world.clock.nowMs;
  const eventId = uuid(scene);
  const answer = await world.request(
    'POST',
    '/webhooks/call-action',
    event('CALL_ACTION', {
      ...leg('INBOUND', caller, virtualNumber),
      eventId,
      callId: `${sessionId}-a`,
      sessionId,
      callStatus: 'CALL_RECEIVED',
      sipCode: 200,
      timestamp: instant(startMs),
    }),
    { authorization: AUTHORIZATION },
  );
  const actions = (answer.json.callflow ?? answer.json.actions ?? []) as Action[];
  const isHeard = answer.status === 200 && actions.length > 0 && answer.tookMs <= CALLER_PATIENCE_MS;
  if (!isHeard) {
    complain(
      scene,
      'silent caller',
      `a call was answered ${answer.status} after ${Math.round(answer.tookMs)} ms`,
    );
  }
  const made = actions.find(({ action }) => action === 'makeCall');
  const played = judge(scene, {
    sessionId,
    caller,
    virtualNumber,
    startMs,
    made,
    isDisturbed: answer.isDisturbed,
  });
  scene.sessions.push(played);
  await playOn(scene, played, { startMs, isAnswered: made !== undefined && chance.isHit(0.7) });
}

interface Decided {
  readonly sessionId: string;
  readonly caller: string;
  readonly virtualNumber: string;
  readonly startMs: number;
  readonly made: Action | undefined;
  readonly isDisturbed: boolean;
}

/** Holds what the service answered against what the ledger allows and asks for. */
function judge(
  scene: Scene,
  { sessionId, caller, virtualNumber, startMs, made, isDisturbed }: Decided,
): PlayedSession {
  const { world, ledger } = scene;
  const nowMs = world.clock.nowMs;
  const required = ledger.required(caller, virtualNumber, startMs, nowMs);
  const callee = made?.params?.destination;
  const callerId = made?.params?.source;
  if (callee !== undefined && callerId !== undefined) {
    const connection = { caller, virtualNumber, callee, callerId };
    if (!ledger.isAllowed(connection, startMs, nowMs)) {
      complain(
        scene,
        'stranger connected',
        `${caller} on ${virtualNumber} reached ${callee} from ${callerId}`,
      );
    } else if (required !== undefined && required.callee !== callee) {
      complain(
        scene,
        'ambiguous',
        `${caller} on ${virtualNumber} reached ${callee} instead of ${required.callee}`,
      );
    }
  } else if (required !== undefined && !isDisturbed) {
    complain(scene, 'party not connected', `${caller} on ${virtualNumber}, booking ${required.bookingId}`);
  }
  return {
    sessionId,
    caller,
    virtualNumber,
    callee,
    bookingId: callee === undefined ? undefined : required?.bookingId,
    takenEvents: new Set(),
    summaryTaken: false,
    recordingTaken: undefined,
    isDecisionCertain: !isDisturbed,
  };
}

async function playOn(
  scene: Scene,
  session: PlayedSession,
  { startMs, isAnswered }: { startMs: number; isAnswered: boolean },
): Promise<void> {
  const { world, chance } = scene;
  const { sessionId, caller, virtualNumber, callee } = session;
  const inbound = { ...leg('INBOUND', caller, virtualNumber), callId: `${sessionId}-a` };
  const outbound =
    callee === undefined
      ? undefined
      : { ...leg('OUTBOUND', virtualNumber, callee), callId: `${sessionId}-b` };
  const talkMs = isAnswered ? chance.between(5_000, 240_000) : 0;
  const connectMs = startMs + chance.between(3_000, 12_000);
  const endMs = connectMs + talkMs;
  const told: Promise<void>[] = [];
  const status = (of: object, callStatus: string, atMs: number) => {
    const eventId = uuid(scene);
    const body = event('CALL_STATUS', {
      ...of,
      eventId,
      sessionId,
      callStatus,
      callDuration: 0,
      sipCode: 200,
      timestamp: instant(atMs),
    });
    const lateMs = Math.max(0, atMs - world.clock.nowMs) + chance.random() ** 3 * 20_000;
    told.push(tell(scene, 'call-status', body, lateMs, () => session.takenEvents.add(eventId)));
  };
  status(inbound, 'CALL_RECEIVED', startMs);
  if (outbound !== undefined) {
    status(outbound, 'CALL_INITIATED', startMs + 1500);
    if (isAnswered) {
      status(inbound, 'CALL_CONNECTED', connectMs);
      status(outbound, 'CALL_CONNECTED', connectMs);
    }
    status(outbound, 'CALL_DISCONNECTED', endMs);
  }
  status(inbound, 'CALL_DISCONNECTED', endMs);

  const times = {
    initiatedTimestamp: instant(startMs),
    ...(isAnswered && { connectedTimestamp: instant(connectMs) }),
    disconnectedTimestamp: instant(endMs),
    callDuration: Math.round(talkMs / 1000),
    callStatus: isAnswered ? 'COMPLETED' : 'NO_ANSWER',
  };
  const summary = {
    payload: {
      sessionId,
      subAccountId: SUB_ACCOUNT,
      sessionStatus: isAnswered || outbound === undefined ? 'COMPLETED' : 'NO_ANSWER',
      startTime: instant(startMs),
      endTime: instant(endMs),
      lastAction: outbound === undefined ? 'HANGUP' : 'MAKE_CALL',
      callCount: outbound === undefined ? 1 : 2,
      details: {
        callA: { ...inbound, ...times, ...(outbound === undefined && { callStatus: 'COMPLETED' }) },
        ...(outbound && { callB: { ...outbound, ...times } }),
      },
    },
    namespace: 'VOICE',
    eventType: 'SESSION_SUMMARY',
  };
  const summaryLateMs = Math.max(0, endMs - world.clock.nowMs) + chance.random() ** 3 * 20_000;
  told.push(
    tell(scene, 'session-summary', summary, summaryLateMs, () => {
      session.summaryTaken = true;
    }),
  );
  if (isAnswered && chance.isHit(0.3)) told.push(record(scene, session, { connectMs, endMs, talkMs }));
  await Promise.all(told);
}

async function record(
  scene: Scene,
  session: PlayedSession,
  { connectMs, endMs, talkMs }: { connectMs: number; endMs: number; talkMs: number },
): Promise<void> {
  const { world, chance } = scene;
  const recordingId = uuid(scene);
  const { sessionId } = session;
  const key = `${PREFIX}/${sessionId}/${recordingId}_${instant(connectMs)}.mp3`;
  await world.clock.sleep(Math.max(0, endMs - world.clock.nowMs) + chance.between(0, 5000));
  world.recordings.set(key, 48_000);
  const body = {
    namespace: 'VOICE',
    eventType: 'CALL_RECORDING_STATUS',
    payload: {
      sessionId,
      recordingId,
      durationSeconds: Math.round(talkMs / 1000),
      filePath: key,
      status: 'UPLOAD_COMPLETED',
    },
  };
  await tell(scene, 'recording-uploaded', body, chance.between(0, 8000), () => {
    session.recordingTaken = recordingId;
  });
}

/** Sends an event, now and then twice, and again while it is not taken. */
async function tell(
  scene: Scene,
  webhook: string,
  body: object,
  lateMs: number,
  onTaken: () => void,
): Promise<void> {
  const { world, chance } = scene;
  await world.clock.sleep(lateMs);
  const isTold = !chance.isHit(0.02);
  if (!isTold) return;
  const repeats = chance.isHit(world.weather.repeated) ? 2 : 1;
  for (let time = 0; time < repeats; time += 1) {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const answer = await world.request('POST', `/webhooks/${webhook}`, body, {
        authorization: AUTHORIZATION,
      });
      if (answer.status === 200) {
        onTaken();
        break;
      }
      if (answer.status < 500)
        return complain(scene, 'event lost', `${webhook} was refused with ${answer.status}`);
      await world.clock.sleep(chance.between(1000, 5000));
    }
    if (repeats > 1) await world.clock.sleep(chance.between(0, 60_000));
  }
}

function event(eventType: string, payload: object): object {
  return { namespace: 'VOICE', eventType, payload };
}

function leg(callDirection: 'INBOUND' | 'OUTBOUND', source: string, destination: string) {
  return {
    subAccountId: SUB_ACCOUNT,
    callDirection,
    callType: 'PSTN',
    source,
    destination,
    sourceFormat: 'MSISDN',
    destinationFormat: 'MSISDN',
    sourceCountryCode: 'SG',
    destinationCountryCode: 'SG',
  };
}

function instant(atMs: number): string {
  return new Date(Math.floor(atMs)).toISOString();
}

function uuid({ chance }: Scene): string {
  const hex = () => chance.integerBelow(0x1_0000).toString(16).padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}
