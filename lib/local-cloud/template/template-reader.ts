import * as z from 'zod';
import { type StackAssembly, UnservableTemplateError } from './assembly.ts';
import type { Resolve } from './intrinsics.ts';

/** One resource of the template with its intrinsic functions resolved and its shape checked. */
interface Resource<Properties> {
  readonly logicalId: string;
  readonly properties: Properties;
}

/** Reads the resources of a stack by type. */
export interface TemplateReader {
  readonly stack: StackAssembly;
  readonly resolve: Resolve;
  /** Whether the template has at least one resource of a type. */
  has(type: string): boolean;
  /**
   * All resources of a type that the stack would create, in the template's order.
   * @throws UnservableTemplateError naming the resource and the property that has an unexpected shape.
   */
  all<Properties>(type: string, schema: z.ZodType<Properties>): Resource<Properties>[];
  /** Logical ids of a type, without resolving anything. */
  logicalIds(type: string): string[];
  /** One resource, as {@link TemplateReader.all} would give it. */
  one<Properties>(logicalId: string, schema: z.ZodType<Properties>): Resource<Properties>;
}

/** Makes a reader of one stack. */
export function createTemplateReader(stack: StackAssembly, resolve: Resolve): TemplateReader {
  const { Resources } = stack.template;
  const isCreated = (condition: string | undefined): boolean =>
    condition === undefined || resolve({ 'Fn::If': [condition, true, false] }) === true;

  const logicalIds = (type: string): string[] =>
    Object.entries(Resources)
      .filter(([, resource]) => resource.Type === type && isCreated(resource.Condition))
      .map(([logicalId]) => logicalId);

  const one = <Properties>(logicalId: string, schema: z.ZodType<Properties>): Resource<Properties> => {
    const resource = Resources[logicalId];
    const parsed = schema.safeParse(resolve(resource?.Properties));
    if (parsed.success) return { logicalId, properties: parsed.data };
    throw new UnservableTemplateError(
      `The local cloud cannot serve ${logicalId} (${resource?.Type}):\n${z.prettifyError(parsed.error)}`,
    );
  };

  return {
    stack,
    resolve,
    has: (type) => logicalIds(type).length > 0,
    logicalIds,
    one,
    all: (type, schema) => logicalIds(type).map((logicalId) => one(logicalId, schema)),
  };
}
