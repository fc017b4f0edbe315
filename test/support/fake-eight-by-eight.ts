import type { OutboundCallflow } from '../../functions/shared/domain/callflow.ts';
import type {
  CallflowSender,
  OwnedVirtualNumber,
  VirtualNumberInventory,
  VoiceProfileCatalogue,
} from '../../functions/shared/ports/eight-by-eight-account.ts';
import {
  EightByEightError,
  type EightByEightErrorKind,
} from '../../functions/shared/ports/eight-by-eight-error.ts';

/** 8x8 as the booking API sees it: takes every callflow and lists the numbers it was given, until it is told to fail. */
export interface FakeEightByEight extends CallflowSender, VirtualNumberInventory, VoiceProfileCatalogue {
  /** What it was asked to call, oldest first. */
  readonly callflows: OutboundCallflow[];
  readonly owned: OwnedVirtualNumber[];
  /** Every request fails like this from now on. */
  failWith(kind: EightByEightErrorKind): void;
}

export function createFakeEightByEight(): FakeEightByEight {
  const callflows: OutboundCallflow[] = [];
  const owned: OwnedVirtualNumber[] = [];
  let failure: EightByEightErrorKind | undefined;

  function failOn(operation: string): void {
    if (failure === undefined) return;
    throw new EightByEightError({
      kind: failure,
      operation,
      problem: 'it failed',
      advice: 'Try again.',
      mayHaveTakenEffect: failure === 'timed-out',
    });
  }

  return {
    callflows,
    owned,
    failWith(kind) {
      failure = kind;
    },
    async sendCallflow(callflow) {
      failOn('send the callflow');
      callflows.push(callflow);
      return { sessionId: `session-${callflows.length}`, callFlowRequestId: `request-${callflows.length}` };
    },
    async voiceProfiles() {
      failOn('list the voices');
      return ['en-US-BenjaminRUS', 'en-GB-Emma'].map((code) => ({
        code,
        locale: code.slice(0, 5),
        description: undefined,
        gender: undefined,
      }));
    },
    async virtualNumbers() {
      failOn('list the virtual numbers');
      return { numbers: owned, complete: true };
    },
  };
}
