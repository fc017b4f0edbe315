import type { Input } from '../dynamodb/requests.ts';
import type { ServiceAnswer } from './services.ts';

/**
 * Whoever plants a fault, or takes a condition away, puts it between the service and the world here; the service
 * itself is never touched.
 */
export interface Interference {
  /** Changes what a request asks of the database; undefined leaves it. */
  readonly input?: (operation: string, input: Input) => Input | undefined;
  /** Changes what the database answers. */
  readonly answer?: (operation: string, input: Input, answer: ServiceAnswer) => ServiceAnswer | undefined;
  /** Whether the record of a change reaches the stream. */
  readonly keepsRecord?: () => boolean;
  /** Whether a line of a log reaches who follows it. */
  readonly keepsLine?: () => boolean;
  /** Whether an event that the bus took reaches anybody. */
  readonly keepsEvent?: () => boolean;
  /** Whether what failed is delivered again. */
  readonly forgetsFailures?: boolean;
}
