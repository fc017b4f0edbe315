/** Something that the person at the keyboard can put right; shown to them as it is, without a stack trace. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
