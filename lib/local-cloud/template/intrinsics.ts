import { type Template, UnservableTemplateError } from './assembly.ts';

/** What a resource is called once it exists: the value of `Ref` and of each `Fn::GetAtt`. */
export interface PhysicalNames {
  /** @throws UnservableTemplateError for a logical id that is not in the template. */
  ref(logicalId: string): string;
  /** @throws UnservableTemplateError for an attribute that nothing local stands for. */
  attribute(logicalId: string, name: string): string;
}

/** Replaces every intrinsic function in a template value by what it stands for. */
export type Resolve = (value: unknown) => unknown;

/** CloudFormation's pseudo parameters, such as `AWS::Region`. */
export type PseudoParameters = Readonly<Record<string, string>>;

/** Marks a property that `AWS::NoValue` takes away. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Builds the resolver of one template. It knows Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select, Fn::Split,
 * Fn::FindInMap, Fn::If with its conditions, and Fn::Base64.
 * @throws UnservableTemplateError from the resolver, for any other intrinsic function.
 */
export function createResolver(template: Template, names: PhysicalNames, pseudo: PseudoParameters): Resolve {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((element) => element !== NO_VALUE);
    if (!isRecord(value)) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (only !== undefined && entries.length === 1 && isIntrinsic(only[0])) return evaluate(only[0], only[1]);
    return Object.fromEntries(
      entries.map(([key, element]) => [key, resolve(element)]).filter(([, element]) => element !== NO_VALUE),
    );
  };

  const evaluate = (name: string, argument: unknown): unknown => {
    switch (name) {
      case 'Ref':
        return ref(text(argument, name));
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = attributePath(argument);
        return names.attribute(logicalId, attribute);
      }
      case 'Fn::Join': {
        const [separator, parts] = list(argument, name);
        return list(resolve(parts), name).join(text(separator, name));
      }
      case 'Fn::Sub':
        return substitute(argument);
      case 'Fn::Select': {
        const [index, options] = list(argument, name);
        return list(resolve(options), name)[Number(resolve(index))];
      }
      case 'Fn::Split': {
        const [separator, source] = list(argument, name);
        return text(resolve(source), name).split(text(separator, name));
      }
      case 'Fn::FindInMap': {
        const [map, first, second] = list(resolve(argument), name).map(String);
        return template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
      }
      case 'Fn::If': {
        const [condition, whenTrue, whenFalse] = list(argument, name);
        return resolve(holds({ Condition: condition }) ? whenTrue : whenFalse);
      }
      case 'Fn::Base64':
        return Buffer.from(text(resolve(argument), name)).toString('base64');
      default:
        throw new UnservableTemplateError(`The template uses ${name}, which the local cloud does not know.`);
    }
  };

  const ref = (name: string): unknown => {
    if (name === 'AWS::NoValue') return NO_VALUE;
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters[name];
    if (parameter === undefined) return names.ref(name);
    if (parameter.Default !== undefined) return parameter.Default;
    throw new UnservableTemplateError(
      `The template parameter ${name} has no default, and nobody to give it a value.`,
    );
  };

  const substitute = (argument: unknown): string => {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const given = isRecord(variables) ? variables : {};
    return text(pattern, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (name in given) return String(resolve(given[name]));
      const [logicalId = '', ...attribute] = name.split('.');
      return attribute.length === 0 ? String(ref(name)) : names.attribute(logicalId, attribute.join('.'));
    });
  };

  const holds = (condition: unknown): boolean => {
    if (!isRecord(condition)) return resolve(condition) === true;
    const [[name, argument] = ['', undefined]] = Object.entries(condition);
    switch (name) {
      case 'Condition':
        return holds(template.Conditions[text(argument, name)]);
      case 'Fn::Equals': {
        const [left, right] = list(resolve(argument), name);
        return left === right;
      }
      case 'Fn::Not':
        return !holds(list(argument, name)[0]);
      case 'Fn::And':
        return list(argument, name).every(holds);
      case 'Fn::Or':
        return list(argument, name).some(holds);
      default:
        throw new UnservableTemplateError(`A condition uses ${name}, which the local cloud does not know.`);
    }
  };

  return resolve;
}

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function attributePath(argument: unknown): [logicalId: string, attribute: string] {
  const [logicalId = '', ...attribute] = Array.isArray(argument)
    ? argument.map(String)
    : String(argument).split('.');
  return [logicalId, attribute.join('.')];
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new UnservableTemplateError(
    `${where} expects a text, but the template gives ${JSON.stringify(value)}.`,
  );
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnservableTemplateError(
    `${where} expects a list, but the template gives ${JSON.stringify(value)}.`,
  );
}
