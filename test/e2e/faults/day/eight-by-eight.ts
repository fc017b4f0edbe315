import { errorOfAnswer } from '../../../../functions/shared/adapters/eight-by-eight/management/management-errors.ts';
import type {
  CallflowSender,
  RecordingStatusSource,
  VirtualNumberInventory,
} from '../../../../functions/shared/ports/eight-by-eight-account.ts';
import type { DayWorld } from './world.ts';

/** 8x8's management API, which refuses now and then with a message that names the numbers it was given. */
export function openEightByEight({ world, random, nowMs }: DayWorld) {
  let sent = 0;

  function refuse(operation: string, number: string): void {
    if (random() > 0.2) return;
    throw errorOfAnswer(
      { operation, subAccountId: 'acme_mask', isCallflow: true, changesSomething: true, secrets: [] },
      {
        status: random() < 0.5 ? 400 : 503,
        body: { statusCode: number, statusMessage: `${number} and tel:${number.slice(1)} cannot be used` },
      },
    );
  }

  const api: CallflowSender & VirtualNumberInventory & RecordingStatusSource = {
    async sendCallflow({ actions }) {
      const [first] = actions;
      refuse('send the callflow', first?.action === 'makeCall' ? first.destination.reveal() : '');
      sent += 1;
      return { sessionId: `click-to-call-${sent}`, callFlowRequestId: undefined };
    },
    async virtualNumbers() {
      const { items } = await world.numbers.listNumbers({ limit: 100 });
      refuse('list the virtual numbers', items[0]?.virtualNumber.reveal() ?? '');
      const numbers = items.slice(1).map(({ virtualNumber, country }) => ({
        number: virtualNumber,
        state: random() < 0.1 ? undefined : ('active' as const),
        country,
        rangeReference: virtualNumber.reveal(),
        updatedAtMs: nowMs(),
      }));
      return { numbers, complete: random() < 0.5 };
    },
    async recordingsOf(sessionId) {
      refuse('read the recordings', sessionId);
      return [];
    },
  };
  return api;
}
