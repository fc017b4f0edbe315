import { ConfigurationError } from '../lib/configuration/configuration-error.ts';
import { synthesize } from '../lib/synthesize.ts';

try {
  synthesize();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}
