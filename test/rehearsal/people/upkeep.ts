import { AUTHORIZATION, SUB_ACCOUNT } from '../world/world.ts';
import { ask, codeOf, complain, isDefinite, type Scene } from './scene.ts';

const path = (phone: string) => encodeURIComponent(phone);

/** Somebody is blocked, and after a while no longer. */
export async function blockForAWhile(scene: Scene, phone: string): Promise<void> {
  const { world, chance, ledger } = scene;
  if (ledger.maybeBlocked.has(phone)) return;
  ledger.maybeBlocked.add(phone);
  ledger.doubt(ledger.openWaysAround(phone), 'block', world.clock.nowMs);
  const answer = await ask(scene, 'PUT', `/v1/blocklist/${path(phone)}`, { reason: 'Reported.' });
  if (!isDefinite(answer)) return;
  if (answer.status !== 200) return complain(scene, 'told wrongly', `a block was answered ${answer.status}`);
  ledger.blockedFromMs.set(phone, world.clock.nowMs);
  await world.clock.sleep(chance.between(5_000, 200_000));
  ledger.blockedFromMs.delete(phone);
  const removed = await ask(scene, 'DELETE', `/v1/blocklist/${path(phone)}`);
  if (!isDefinite(removed)) return;
  if (removed.status !== 204 && !removed.wasRepeated) {
    complain(scene, 'told wrongly', `an unblock was answered ${removed.status} ${codeOf(removed)}`);
  }
  ledger.maybeBlocked.delete(phone);
  // Those who are still blocked on the other side keep the way shut.
  for (const way of ledger.openWaysAround(phone)) {
    if (!ledger.maybeBlocked.has(way.caller) && !ledger.maybeBlocked.has(way.callee)) {
      ledger.trust([way], 'block');
    }
  }
}

const MOST_ROUNDS = 20;

/** Somebody asks to be forgotten. */
export async function erase(scene: Scene, phone: string): Promise<void> {
  const { world, ledger } = scene;
  if (ledger.maybeBlocked.has(phone)) return;
  const askedAtMs = world.clock.nowMs;
  ledger.erasureAskedMs.set(phone, askedAtMs);
  const ways = ledger.openWaysAround(phone);
  const certain = ways.filter((way) => way.certainFromMs <= askedAtMs);
  ledger.doubt(ways, 'erasure', askedAtMs);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await ask(scene, 'DELETE', `/v1/parties/${path(phone)}`);
    if (answer.status === 200 && answer.json.complete === true) {
      ledger.end(certain, world.clock.nowMs);
      for (const { bookingId } of certain) {
        const booking = ledger.bookings.get(bookingId ?? '');
        if (booking?.state === 'live') booking.state = 'ended';
      }
      // Whoever booked meanwhile cannot know who was first.
      ledger.erasureAskedMs.set(phone, world.clock.nowMs);
      return;
    }
    if (isDefinite(answer) && answer.status !== 200) {
      complain(scene, 'told wrongly', `an erasure was answered ${answer.status} ${codeOf(answer)}`);
      return;
    }
    await world.clock.sleep(500);
  }
}

/** A number goes ill, or is drained, and comes back; its bookings may be moved away meanwhile. */
export async function troubleNumber(scene: Scene, number: string): Promise<void> {
  const { world, chance, activeSinceMs } = scene;
  if (!activeSinceMs.delete(number)) return;
  const isIll = chance.isHit(0.5);
  if (isIll) await sayHealth(scene, number, 'Unhealthy');
  else await ask(scene, 'PUT', `/v1/numbers/${path(number)}`, { state: 'draining' });
  if (chance.isHit(0.5)) await renumber(scene, number);
  await world.clock.sleep(chance.between(10_000, 120_000));
  if (isIll) await sayHealth(scene, number, 'Active');
  const back = await ask(scene, 'PUT', `/v1/numbers/${path(number)}`, {});
  if (back.status === 200) activeSinceMs.set(number, world.clock.nowMs);
}

async function renumber(scene: Scene, number: string): Promise<void> {
  const { world, ledger } = scene;
  const askedAtMs = world.clock.nowMs;
  const affected = [...ledger.bookings.values()].filter((booking) =>
    booking.parties.some((party) => party.virtualNumber === number),
  );
  for (const booking of affected) {
    const ways = ledger.openWays(booking.bookingId);
    ledger.doubt(ways, 'move', askedAtMs);
    for (const way of ways) {
      ledger.addWay({
        ...way,
        virtualNumber: undefined,
        callerId: undefined,
        possibleFromMs: askedAtMs,
        certainFromMs: Number.POSITIVE_INFINITY,
      });
    }
  }
  const answer = await ask(scene, 'POST', `/v1/numbers/${path(number)}/renumber`, {});
  if (isDefinite(answer) && answer.status !== 200) {
    // A number that is back already is not moved away from.
    if (codeOf(answer) === 'NUMBER_ACTIVE') return;
    complain(scene, 'told wrongly', `a move was answered ${answer.status} ${codeOf(answer)}`);
  }
}

/** The platform tells what became of a number; it tells again until it is heard. */
async function sayHealth(scene: Scene, number: string, operationalStatus: string): Promise<void> {
  const { world } = scene;
  const body = {
    namespace: 'VOICE',
    eventType: 'VIRTUAL_NUMBER_UPDATE',
    payload: {
      subAccountId: SUB_ACCOUNT,
      totalNumbers: scene.numbers.length,
      updateEventType: 'UPDATES',
      virtualNumbers: [
        {
          msisdn: number,
          updatedTimestamp: new Date(world.clock.nowMs).toISOString(),
          countryCode: 'SG',
          operationalStatus,
          updateStatus: 'UPDATED',
        },
      ],
    },
  };
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const answer = await world.request('POST', '/webhooks/number-updated', body, {
      authorization: AUTHORIZATION,
    });
    if (answer.status === 200) return;
    await world.clock.sleep(2000);
  }
}
