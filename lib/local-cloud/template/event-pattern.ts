import { UnservableTemplateError } from './assembly.ts';

/** Whether an event fits a pattern of EventBridge, also used by the filters of event source mappings. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Compiles a pattern. It knows exact values, `prefix`, `suffix`, `equals-ignore-case`, `anything-but`, `exists`,
 * `numeric` and `$or`.
 * @throws UnservableTemplateError for another kind of comparison.
 */
export function compilePattern(pattern: unknown): EventMatcher {
  const fields = Object.entries(asRecord(pattern, 'A pattern'));
  const matchers = fields.map(([name, rule]): EventMatcher => {
    if (name === '$or') {
      const alternatives = asList(rule, '$or').map(compilePattern);
      return (event) => alternatives.some((matches) => matches(event));
    }
    const matches = Array.isArray(rule) ? compileRules(rule, name) : compileNested(compilePattern(rule));
    return (event) => matches(isRecord(event) ? event[name] : undefined);
  });
  return (event) => matchers.every((matches) => matches(event));
}

function compileNested(matches: EventMatcher): EventMatcher {
  return (value) => matches(value ?? {});
}

/** A list of rules is fulfilled by any of them; a list in the event, by any of its values. */
function compileRules(rules: readonly unknown[], name: string): EventMatcher {
  const matchers = rules.map((rule) => compileRule(rule, name));
  return (value) => {
    const values = Array.isArray(value) ? value : [value];
    return matchers.some((matches) => values.some(matches));
  };
}

function compileRule(rule: unknown, name: string): EventMatcher {
  if (!isRecord(rule)) return (value) => value === rule;
  const [[comparison, operand] = ['', undefined]] = Object.entries(rule);
  switch (comparison) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(String(operand));
    case 'equals-ignore-case':
      return (value) => typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
    case 'exists':
      return (value) => (value !== undefined) === operand;
    case 'anything-but': {
      const excluded = compileRules(Array.isArray(operand) ? operand : [operand], name);
      return (value) => value !== undefined && !excluded(value);
    }
    case 'numeric':
      return compileNumeric(asList(operand, 'numeric'));
    default:
      throw new UnservableTemplateError(
        `The pattern of "${name}" uses ${comparison}, which the local cloud does not know.`,
      );
  }
}

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** Operators and operands in turn: `[">", 0, "<=", 5]`. */
function compileNumeric(terms: readonly unknown[]): EventMatcher {
  return (value) =>
    typeof value === 'number' &&
    terms.every((term, index) => {
      if (index % 2 === 1) return true;
      return comparisons[String(term)]?.(value, Number(terms[index + 1])) === true;
    });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new UnservableTemplateError(`${what} has to be an object, not ${JSON.stringify(value)}.`);
}

function asList(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnservableTemplateError(`${what} takes a list, not ${JSON.stringify(value)}.`);
}
