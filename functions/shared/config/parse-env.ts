import { environmentNames, type FunctionEnvironment, type FunctionName } from './env-names.ts';

/**
 * Reads what a function needs from its environment. An empty value is a value: an empty list, for one.
 * @throws Error that names every variable that is missing, at once, or says what is missing on a laptop.
 */
export function parseEnv<Name extends FunctionName>(
  name: Name,
  source: Readonly<Record<string, string | undefined>>,
): FunctionEnvironment<Name> {
  if (source.AWS_SAM_LOCAL === 'true' && source.AWS_ENDPOINT_URL === undefined) {
    throw new Error(
      'The SAM CLI was given the template of a deployment, whose tables, queues and secrets are not on this machine: ' +
        `run "npm run sam -- ${name}" instead, which gives the function those of the local cloud.`,
    );
  }
  const names: readonly (typeof environmentNames)[Name][number][] = environmentNames[name];
  const missing = names.filter((variable) => source[variable] === undefined);
  if (missing.length > 0) {
    throw new Error(`The function ${name} needs these environment variables: ${missing.join(', ')}.`);
  }
  return Object.fromEntries(
    names.map((variable) => [variable, source[variable]]),
  ) as FunctionEnvironment<Name>;
}
