/** A path such as `#number.bookedUntil[0]`: names and positions, the names not yet replaced. */
export type Path = readonly (string | number)[];

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'size'; readonly path: Path };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: 'between'; readonly of: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly of: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly expected: boolean }
  | {
      readonly kind: 'begins_with' | 'contains' | 'attribute_type';
      readonly of: Operand;
      readonly with: Operand;
    };

/** What a `SET` may assign. */
export type Assigned =
  | Operand
  | { readonly kind: 'sum' | 'difference'; readonly left: Assigned; readonly right: Assigned }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: Assigned }
  | { readonly kind: 'list_append'; readonly left: Assigned; readonly right: Assigned };

export interface Update {
  readonly set: readonly { readonly path: Path; readonly value: Assigned }[];
  readonly remove: readonly Path[];
  readonly add: readonly { readonly path: Path; readonly value: string }[];
  readonly delete: readonly { readonly path: Path; readonly value: string }[];
}

/** An expression that DynamoDB would not take. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

const TOKEN = /\s*(<>|<=|>=|[=<>(),.[\]+-]|[#:]?[A-Za-z0-9_]+|#[^\s.,()=]+)/y;
const COMPARATORS = new Set(['=', '<>', '<', '<=', '>', '>=']);
const FUNCTIONS = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
]);

/** Reads the expressions of requests; each text is read once. */
class Reader {
  readonly #tokens: string[] = [];
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const found = TOKEN.exec(text);
      if (found?.[1] === undefined) throw this.fault();
      this.#tokens.push(found[1]);
    }
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? '';
  }

  next(): string {
    this.#at += 1;
    return this.#tokens[this.#at - 1] ?? '';
  }

  isWord(word: string): boolean {
    return this.peek().toUpperCase() === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (this.next().toUpperCase() !== token) throw this.fault();
  }

  fault(): ExpressionError {
    return new ExpressionError(`Invalid expression: ${this.#text}`);
  }

  path(): Path {
    const steps: (string | number)[] = [this.next()];
    if (!/^[#A-Za-z_]/.test(String(steps[0]))) throw this.fault();
    for (;;) {
      if (this.peek() === '.') {
        this.next();
        steps.push(this.next());
      } else if (this.peek() === '[') {
        this.next();
        steps.push(Number(this.next()));
        this.expect(']');
      } else return steps;
    }
  }

  operand(): Operand {
    if (this.peek().startsWith(':')) return { kind: 'value', name: this.next() };
    if (this.peek() === 'size' && this.peek(1) === '(') {
      this.next();
      this.expect('(');
      const path = this.path();
      this.expect(')');
      return { kind: 'size', path };
    }
    return { kind: 'path', path: this.path() };
  }

  condition(): Condition {
    let left = this.conjunction();
    while (this.takeWord('OR')) left = { kind: 'or', left, right: this.conjunction() };
    return left;
  }

  conjunction(): Condition {
    let left = this.negation();
    while (this.takeWord('AND')) left = { kind: 'and', left, right: this.negation() };
    return left;
  }

  negation(): Condition {
    if (this.takeWord('NOT')) return { kind: 'not', of: this.negation() };
    if (this.peek() === '(') {
      this.next();
      const inner = this.condition();
      this.expect(')');
      return inner;
    }
    if (FUNCTIONS.has(this.peek()) && this.peek(1) === '(' && this.peek() !== 'size') return this.call();
    return this.comparison();
  }

  call(): Condition {
    const name = this.next();
    this.expect('(');
    const of = this.operand();
    if (name === 'attribute_exists' || name === 'attribute_not_exists') {
      this.expect(')');
      if (of.kind !== 'path') throw this.fault();
      return { kind: 'exists', path: of.path, expected: name === 'attribute_exists' };
    }
    this.expect(',');
    const argument = this.operand();
    this.expect(')');
    if (name !== 'begins_with' && name !== 'contains' && name !== 'attribute_type') throw this.fault();
    return { kind: name, of, with: argument };
  }

  comparison(): Condition {
    const left = this.operand();
    if (this.takeWord('BETWEEN')) {
      const low = this.operand();
      this.expect('AND');
      return { kind: 'between', of: left, low, high: this.operand() };
    }
    if (this.takeWord('IN')) {
      this.expect('(');
      const list = [this.operand()];
      while (this.peek() === ',') {
        this.next();
        list.push(this.operand());
      }
      this.expect(')');
      return { kind: 'in', of: left, list };
    }
    const operator = this.next();
    if (!COMPARATORS.has(operator)) throw this.fault();
    return { kind: 'compare', operator, left, right: this.operand() };
  }

  assigned(): Assigned {
    const left = this.assignedTerm();
    if (this.peek() === '+' || this.peek() === '-') {
      const kind = this.next() === '+' ? 'sum' : 'difference';
      return { kind, left, right: this.assignedTerm() };
    }
    return left;
  }

  assignedTerm(): Assigned {
    const name = this.peek();
    if ((name !== 'if_not_exists' && name !== 'list_append') || this.peek(1) !== '(') return this.operand();
    this.next();
    this.expect('(');
    if (name === 'if_not_exists') {
      const path = this.path();
      this.expect(',');
      const otherwise = this.assigned();
      this.expect(')');
      return { kind: 'if_not_exists', path, otherwise };
    }
    const left = this.assigned();
    this.expect(',');
    const right = this.assigned();
    this.expect(')');
    return { kind: 'list_append', left, right };
  }

  update(): Update {
    const parts = {
      set: [] as { path: Path; value: Assigned }[],
      remove: [] as Path[],
      add: [] as { path: Path; value: string }[],
      delete: [] as { path: Path; value: string }[],
    };
    while (!this.isAtEnd) {
      const clause = this.next().toUpperCase();
      do {
        if (clause === 'SET') {
          const path = this.path();
          this.expect('=');
          parts.set.push({ path, value: this.assigned() });
        } else if (clause === 'REMOVE') parts.remove.push(this.path());
        else if (clause === 'ADD') parts.add.push({ path: this.path(), value: this.next() });
        else if (clause === 'DELETE') parts.delete.push({ path: this.path(), value: this.next() });
        else throw this.fault();
      } while (this.takeWord(','));
    }
    return parts;
  }
}

const conditions = new Map<string, Condition>();
const updates = new Map<string, Update>();

/** @throws ExpressionError */
export function parseCondition(text: string): Condition {
  let parsed = conditions.get(text);
  if (parsed === undefined) {
    const reader = new Reader(text);
    parsed = reader.condition();
    if (!reader.isAtEnd) throw reader.fault();
    conditions.set(text, parsed);
  }
  return parsed;
}

/** @throws ExpressionError */
export function parseUpdate(text: string): Update {
  let parsed = updates.get(text);
  if (parsed === undefined) {
    parsed = new Reader(text).update();
    updates.set(text, parsed);
  }
  return parsed;
}
