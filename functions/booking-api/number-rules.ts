import * as z from 'zod';
import type { NumberRules } from '../shared/domain/number-class.ts';

const configured = z.object({
  strict: z.boolean(),
  allowed: z.object({ classes: z.array(z.string()), countries: z.array(z.string()) }),
});

/**
 * Reads what the deployment says about phone numbers.
 * @throws when it is not what the stack writes: a deployment error that must show at start.
 */
export function readNumberRules(json: string): NumberRules {
  const { strict, allowed } = configured.parse(JSON.parse(json));
  return { strict, allowedClasses: allowed.classes, allowedCountries: allowed.countries };
}
