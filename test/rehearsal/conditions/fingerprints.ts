import type { Input } from '../dynamodb/requests.ts';
import type { Interference } from '../world/interference.ts';

/** Something that protects a write: one condition of it, or that it is made together with others. */
export interface Safeguard {
  readonly kind: 'condition' | 'step';
  /** The same for the same safeguard of any request; reads as what it is. */
  readonly text: string;
}

interface Write {
  readonly kind: string;
  readonly input: Input;
}

const SINGLE: Readonly<Record<string, string>> = {
  PutItem: 'Put',
  UpdateItem: 'Update',
  DeleteItem: 'Delete',
};

function writesOf(operation: string, input: Input): Write[] {
  const kind = SINGLE[operation];
  if (kind !== undefined) return [{ kind, input }];
  return operation === 'TransactWriteItems' ? (input.TransactItems as Input[]).map(writeOf) : [];
}

function writeOf(step: Input): Write {
  const [[kind, input] = ['', {}]] = Object.entries(step).filter(([, content]) => content !== undefined);
  return { kind, input: input as Input };
}

/** What a write is, whoever it is about: its table, the kinds of its keys, and what it changes. */
function describe({ kind, input }: Write): string {
  const table = String(input.TableName).split('-').pop();
  const keys = Object.values((input.Key ?? keyPart(input.Item)) as object).map(kindOf);
  const change = typeof input.UpdateExpression === 'string' ? ` ${normalized(input.UpdateExpression)}` : '';
  return `${kind} ${table} ${keys.join(' ')}${change}`;
}

function keyPart(item: unknown): object {
  const attributes = Object.entries((item ?? {}) as Record<string, unknown>);
  const keys = attributes.filter(([name]) =>
    ['pk', 'sk', 'sessionId', 'item', 'virtualNumber', 'caller'].includes(name),
  );
  const isMain = keys.some(([name]) => name === 'pk');
  return Object.fromEntries(isMain ? keys.filter(([name]) => name === 'pk' || name === 'sk') : keys);
}

/** `BOOKING#01J…` is a `BOOKING#`; an id or a number is just a value. */
function kindOf(value: unknown): string {
  return /^[A-Z][A-Z_]+#?/.exec(String(value))?.[0] ?? '…';
}

function normalized(expression: string): string {
  return expression
    .replace(/([#:][A-Za-z_]+)\d+/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The parts of a condition that must all hold. */
export function conjunctsOf(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let isBetween = false;
  for (let at = 0; at < expression.length; at += 1) {
    if (expression[at] === '(') depth += 1;
    if (expression[at] === ')') depth -= 1;
    if (depth > 0) continue;
    const rest = expression.slice(at);
    // A condition with an OR at its top is one.
    if (/^\sOR\s/.test(rest)) return [expression.trim()];
    if (/^\sBETWEEN\s/.test(rest)) isBetween = true;
    if (!/^\sAND\s/.test(rest)) continue;
    if (isBetween) {
      isBetween = false;
      continue;
    }
    parts.push(expression.slice(start, at).trim());
    start = at + 5;
  }
  parts.push(expression.slice(start).trim());
  return parts;
}

function conditionText(write: Write, conjunct: string): string {
  return `${describe(write)} IF ${normalized(conjunct)}`;
}

/** Everything that protects the writes of a request. */
export function safeguardsOf(operation: string, input: Input): Safeguard[] {
  const writes = writesOf(operation, input);
  return writes.flatMap((write): Safeguard[] => {
    const { ConditionExpression: condition } = write.input;
    const conditions = typeof condition === 'string' ? conjunctsOf(condition) : [];
    return [
      ...conditions.map((conjunct) => ({ kind: 'condition' as const, text: conditionText(write, conjunct) })),
      ...(writes.length > 1 && write.kind !== 'ConditionCheck'
        ? [{ kind: 'step' as const, text: describe(write) }]
        : []),
    ];
  });
}

/** A world without one safeguard. */
export function without({ kind, text }: Safeguard): Interference {
  const stripped = (write: Write): Input | undefined => {
    if (kind === 'step') return describe(write) === text ? undefined : write.input;
    const { ConditionExpression: condition, ...rest } = write.input;
    if (typeof condition !== 'string') return write.input;
    const left = conjunctsOf(condition).filter((conjunct) => conditionText(write, conjunct) !== text);
    if (left.length > 0) return { ...rest, ConditionExpression: left.join(' AND ') };
    return write.kind === 'ConditionCheck' ? undefined : rest;
  };
  return {
    input(operation, input) {
      if (SINGLE[operation] !== undefined && kind === 'condition') {
        return stripped({ kind: SINGLE[operation], input });
      }
      if (operation !== 'TransactWriteItems') return input;
      const steps = input.TransactItems as Input[];
      if (kind === 'step' && steps.length < 2) return input;
      const TransactItems = steps.flatMap((step) => {
        const write = writeOf(step);
        const left = stripped(write);
        return left === undefined ? [] : [{ [write.kind]: left }];
      });
      return { ...input, TransactItems };
    },
  };
}
