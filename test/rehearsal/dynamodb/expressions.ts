import {
  type Assigned,
  type Condition,
  ExpressionError,
  type Operand,
  type Path,
  parseUpdate,
} from './expression-parser.ts';
import { cloned, compareValues, type Item, isRecord, isSame, sizeOf, typeOf, type Value } from './values.ts';

/** What stands for names and values in the expressions of one request. */
export interface Substitutes {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
}

function nameOf(step: string, { names }: Substitutes): string {
  if (!step.startsWith('#')) return step;
  const name = names[step];
  if (name === undefined) throw new ExpressionError(`An expression attribute name is not defined: ${step}`);
  return name;
}

function givenValue(name: string, { values }: Substitutes): Value {
  const value = values[name];
  if (value === undefined) throw new ExpressionError(`An expression attribute value is not defined: ${name}`);
  return value;
}

/** What stands at a path of an item; undefined when there is nothing. */
export function readPath(item: Item | undefined, path: Path, given: Substitutes): Value | undefined {
  let current: unknown = item;
  for (const step of path) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined;
    else current = isRecord(current) ? current[nameOf(step, given)] : undefined;
    if (current === undefined) return undefined;
  }
  return current as Value | undefined;
}

function resolve(item: Item | undefined, operand: Operand, given: Substitutes): Value | undefined {
  if (operand.kind === 'value') return givenValue(operand.name, given);
  const found = readPath(item, operand.path, given);
  if (operand.kind === 'path') return found;
  return found === undefined ? undefined : sizeOf(found);
}

/** Whether a condition holds for an item, or for its absence. */
export function holds(item: Item | undefined, condition: Condition, given: Substitutes): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(item, condition.left, given) && holds(item, condition.right, given);
    case 'or':
      return holds(item, condition.left, given) || holds(item, condition.right, given);
    case 'not':
      return !holds(item, condition.of, given);
    case 'exists':
      return (readPath(item, condition.path, given) !== undefined) === condition.expected;
    case 'compare':
      return compares(
        condition.operator,
        resolve(item, condition.left, given),
        resolve(item, condition.right, given),
      );
    case 'between': {
      const value = resolve(item, condition.of, given);
      const [low, high] = [resolve(item, condition.low, given), resolve(item, condition.high, given)];
      return compares('>=', value, low) && compares('<=', value, high);
    }
    case 'in': {
      const value = resolve(item, condition.of, given);
      return condition.list.some((one) => compares('=', value, resolve(item, one, given)));
    }
    default:
      return applies(condition, resolve(item, condition.of, given), resolve(item, condition.with, given));
  }
}

function compares(operator: string, left: Value | undefined, right: Value | undefined): boolean {
  if (operator === '=') return left !== undefined && right !== undefined && isSame(left, right);
  if (operator === '<>') return left === undefined || right === undefined || !isSame(left, right);
  if (left === undefined || right === undefined || typeOf(left) !== typeOf(right)) return false;
  const order = compareValues(left, right);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function applies(
  { kind }: { readonly kind: 'begins_with' | 'contains' | 'attribute_type' },
  value: Value | undefined,
  argument: Value | undefined,
): boolean {
  if (value === undefined || argument === undefined) return false;
  if (kind === 'attribute_type') return typeOf(value) === argument;
  if (kind === 'begins_with') {
    return typeof value === 'string' && typeof argument === 'string' && value.startsWith(argument);
  }
  if (typeof value === 'string') return typeof argument === 'string' && value.includes(argument);
  if (value instanceof Set) return value.has(argument as never);
  return Array.isArray(value) && value.some((one) => isSame(one, argument));
}

function evaluate(item: Item | undefined, assigned: Assigned, given: Substitutes): Value {
  switch (assigned.kind) {
    case 'sum':
    case 'difference': {
      const left = numberOf(evaluate(item, assigned.left, given));
      const right = numberOf(evaluate(item, assigned.right, given));
      return assigned.kind === 'sum' ? left + right : left - right;
    }
    case 'if_not_exists':
      return readPath(item, assigned.path, given) ?? evaluate(item, assigned.otherwise, given);
    case 'list_append': {
      const left = evaluate(item, assigned.left, given);
      const right = evaluate(item, assigned.right, given);
      if (!Array.isArray(left) || !Array.isArray(right)) throw wrongType();
      return [...left, ...right];
    }
    default: {
      const found = resolve(item, assigned, given);
      if (found === undefined) {
        throw new ExpressionError(
          'The provided expression refers to an attribute that does not exist in the item',
        );
      }
      return found;
    }
  }
}

function numberOf(value: Value): number {
  if (typeof value !== 'number') throw wrongType();
  return value;
}

function wrongType(): ExpressionError {
  return new ExpressionError('An operand in the update expression has an incorrect data type');
}

/** The item after an update; all is read from the item before. */
export function updated(before: Item, text: string, given: Substitutes): Item {
  const { set, remove, add, delete: taken } = parseUpdate(text);
  const after = cloned(before) as Record<string, Value>;
  const assignments = set.map(({ path, value }) => ({ path, value: evaluate(before, value, given) }));
  for (const { path, value } of assignments) write(after, path, cloned(value), given);
  for (const path of remove.toReversed()) erase(after, path, given);
  for (const { path, value } of add) {
    const addend = givenValue(value, given);
    const present = readPath(before, path, given);
    if (typeof addend === 'number') {
      write(after, path, numberOf(present ?? 0) + addend, given);
    } else if (addend instanceof Set) {
      if (present !== undefined && !(present instanceof Set)) throw wrongType();
      write(after, path, new Set([...((present ?? []) as Set<never>), ...addend]) as never, given);
    } else throw wrongType();
  }
  for (const { path, value } of taken) {
    const leaving = givenValue(value, given);
    const present = readPath(before, path, given);
    if (!(leaving instanceof Set)) throw wrongType();
    if (present === undefined) continue;
    if (!(present instanceof Set)) throw wrongType();
    const left = new Set([...present].filter((one) => !leaving.has(one as never)));
    if (left.size === 0) erase(after, path, given);
    else write(after, path, left as never, given);
  }
  return after;
}

function parentOf(item: Record<string, Value>, path: Path, given: Substitutes): unknown {
  return path.length === 1 ? item : readPath(item, path.slice(0, -1), given);
}

function write(item: Record<string, Value>, path: Path, value: Value, given: Substitutes): void {
  const parent = parentOf(item, path, given);
  const last = path.at(-1) ?? '';
  if (typeof last === 'number' && Array.isArray(parent)) {
    parent[Math.min(last, parent.length)] = value;
  } else if (typeof last === 'string' && isRecord(parent)) {
    parent[nameOf(last, given)] = value;
  } else {
    throw new ExpressionError('The document path provided in the update expression is invalid for update');
  }
}

function erase(item: Record<string, Value>, path: Path, given: Substitutes): void {
  const parent = parentOf(item, path, given);
  const last = path.at(-1) ?? '';
  if (typeof last === 'number' && Array.isArray(parent)) parent.splice(last, 1);
  else if (typeof last === 'string' && isRecord(parent)) delete parent[nameOf(last, given)];
  else if (path.length > 1) {
    throw new ExpressionError('The document path provided in the update expression is invalid for update');
  }
}
