import type { Substitutes } from './expressions.ts';
import type { StoredChange } from './table.ts';
import type { Value } from './values.ts';

/** An error that DynamoDB would answer. */
export class EngineError extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.details = details;
  }
}

/** The input of a request, as the document client takes it. */
export type Input = Readonly<Record<string, unknown>>;

export interface EngineClock {
  readonly nowMs: () => number;
  /** How old what an eventually consistent read sees may be at most, drawn for each read. */
  readonly staleMs: () => number;
  /** Is told of each change of a row, in order, and brings the indexes up to it when it wants. */
  readonly onChange: (change: StoredChange, index: () => void) => void;
  /** How many rows a page may have; undefined for as many as are asked for. */
  readonly pageRows: () => number | undefined;
}

export function substitutesOf(input: Input): Substitutes {
  return {
    names: (input.ExpressionAttributeNames ?? {}) as Record<string, string>,
    values: (input.ExpressionAttributeValues ?? {}) as Record<string, Value>,
  };
}
