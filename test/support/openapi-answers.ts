import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** An answer that an operation's document names: a success by its status, a problem by its code. */
export interface DocumentedOutcome {
  readonly status: string;
  readonly code?: string;
}

/** What an OpenAPI document says about answers. */
export interface DocumentedAnswers {
  /** `GET /v1/bookings` and so on, in the order of the document. */
  readonly routeKeys: readonly string[];
  outcomesOf(routeKey: string): DocumentedOutcome[];
  /**
   * What answers a route that is not documented has to be a problem.
   * @throws when the answer is not among those that the operation names, or not of their shape.
   */
  check(routeKey: string, status: number, contentType: string | undefined, body: unknown): void;
}

export function readDocumentedAnswers(document: Json): DocumentedAnswers {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(closed(document), 'api');

  const pathOf = (routeKey: string): string[] => {
    const [method = '', path = ''] = routeKey.split(' ');
    return ['paths', path, method.toLowerCase(), 'responses'];
  };

  const validators = new Map<string, ValidateFunction>();
  const routeKeys = Object.entries(fieldsOf(document.paths)).flatMap(([path, methods]) =>
    Object.keys(fieldsOf(methods)).map((method) => `${method.toUpperCase()} ${path}`),
  );

  function checkShape(routeKey: string, schema: readonly string[], body: unknown): void {
    const $ref = `api#/${pointer(schema)}`;
    const validate = validators.get($ref) ?? ajv.compile({ $ref });
    validators.set($ref, validate);
    if (validate(body)) return;
    throw new Error(`${routeKey} answered in another shape: ${ajv.errorsText(validate.errors)}`);
  }

  return {
    routeKeys,

    outcomesOf(routeKey) {
      const responses = fieldsOf(resolve(document, pathOf(routeKey)));
      return Object.entries(responses).flatMap(([status, response]): DocumentedOutcome[] => {
        if (status.startsWith('2')) return [{ status }];
        return codesOf(response).map((code) => ({ status, code }));
      });
    },

    check(routeKey, status, contentType, body) {
      if (!routeKeys.includes(routeKey))
        return checkShape(routeKey, ['components', 'schemas', 'Problem'], body);
      const at = [...pathOf(routeKey), String(status)];
      const response = resolve(document, at);
      if (response === undefined) {
        throw new Error(`${routeKey} answered ${status}, which its document does not name.`);
      }
      const media = contentType?.split(';')[0];
      const content = fieldsOf(fieldsOf(response).content);
      if (media === undefined && Object.keys(content).length === 0 && body === undefined) return;
      if (media === undefined || content[media] === undefined) {
        throw new Error(`${routeKey} answered ${status} as ${media}, which its document does not name.`);
      }
      const { code } = fieldsOf(body);
      if (media === 'application/problem+json' && !codesOf(response).includes(String(code))) {
        throw new Error(`${routeKey} answered ${status} with ${code}, which its document does not name.`);
      }
      checkShape(routeKey, [...at, 'content', media, 'schema'], body);
    },
  };
}

/** The codes of the problems that a response may be. */
function codesOf(response: unknown): string[] {
  const codes = fieldsOf(response)['x-problem-codes'];
  return Array.isArray(codes) ? codes.map(String) : [];
}

/** The document as a promise of ours: clients allow for fields to come, but none may be answered that is not named. */
function closed(document: Json): Json {
  return JSON.parse(JSON.stringify(document), (_, value) =>
    fieldsOf(value).type === 'object' && fieldsOf(value).properties !== undefined
      ? { additionalProperties: false, ...value }
      : value,
  );
}

function pointer(path: readonly string[]): string {
  return path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
}

function resolve(node: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => fieldsOf(at)[key], node);
}

function fieldsOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
