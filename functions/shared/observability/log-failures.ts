import type { Logger } from './logger.ts';

/**
 * Wraps a handler that nobody waits for: what fails in it is logged under `code` and leaves it as an error that says
 * nothing else. The Lambda runtime prints an error that leaves a handler as it is, with its message and all its fields,
 * and those of an SDK may quote a phone number.
 */
export function logFailures<Given extends readonly unknown[], Result>(
  logger: Logger,
  code: string,
  handle: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  return async (...given) => {
    try {
      return await handle(...given);
    } catch (error) {
      logger.error(code, error);
      throw new Error(`The run failed; the log says why, under ${code}.`);
    }
  };
}
