import { InvalidCallflowError } from '../../../../functions/shared/domain/callflow-rules.ts';

/** Calls a builder as plain JavaScript could: with anything. */
export function callWith<Built>(build: (...args: never[]) => Built, ...args: unknown[]): Built {
  return Reflect.apply(build, undefined, args);
}

/** The error that a refusal threw; fails the test if there was none. */
export function refusalOf(build: () => unknown): InvalidCallflowError {
  try {
    build();
  } catch (error) {
    if (error instanceof InvalidCallflowError) return error;
    throw error;
  }
  throw new Error('The callflow was accepted.');
}
