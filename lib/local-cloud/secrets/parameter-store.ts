import * as z from 'zod';
import { type Operations, ServiceError } from './aws-json-server.ts';

const NameInput = z.looseObject({ Name: z.string() });
const PutInput = NameInput.extend({ Value: z.string(), Overwrite: z.boolean().default(false) });

/**
 * A stand-in for the operations of the Systems Manager's parameter store that the service uses. What it holds is
 * forgotten at the end, like everything that it tells of.
 */
export function createParameterStore(): Operations {
  const values = new Map<string, string>();
  const get = (name: string): string => {
    const value = values.get(name);
    if (value === undefined) throw new ServiceError('ParameterNotFound', `There is no parameter ${name}.`);
    return value;
  };
  return {
    'AmazonSSM.GetParameter': (input) => {
      const { Name } = NameInput.parse(input);
      return { Parameter: { Name, Type: 'String', Value: get(Name) } };
    },
    'AmazonSSM.PutParameter': (input) => {
      const { Name, Value, Overwrite } = PutInput.parse(input);
      if (values.has(Name) && !Overwrite) {
        throw new ServiceError('ParameterAlreadyExists', `There is a parameter ${Name} already.`);
      }
      values.set(Name, Value);
      return { Tier: 'Standard', Version: 1 };
    },
    'AmazonSSM.DeleteParameter': (input) => {
      const { Name } = NameInput.parse(input);
      get(Name);
      values.delete(Name);
      return {};
    },
  };
}
