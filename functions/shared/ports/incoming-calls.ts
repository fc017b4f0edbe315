import type { CallRoute } from '../domain/call-route.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';

/** What a call finds. */
export interface FoundForCall {
  /** The claim of the caller; undefined for a stranger. */
  readonly route: CallRoute | undefined;
  /** What the number does with strangers, as it is kept: read further only where a stranger calls. */
  readonly strangers: unknown;
  /** What the deployment does with them where the number says nothing, as it is kept. */
  readonly defaultStrangers: unknown;
}

/** The look-up that answers a call. */
export interface IncomingCalls {
  /**
   * One read by keys, and nothing else: somebody is listening to silence.
   * @param caller undefined for one who withheld the number: then there can be no claim.
   * @throws when the store cannot answer before `signal` aborts.
   */
  find(
    virtualNumber: PhoneNumber,
    caller: PhoneNumber | undefined,
    signal: AbortSignal,
  ): Promise<FoundForCall>;
}
