/** The errors a session can end with, and the words the session summary gives for them. */
export const sessionErrorMessages = {
  [-2001]: 'Internal error',
  [-2002]: 'Internal connectivity error',
  [-2003]: 'The call flow provided is invalid',
  [-2004]: 'No coverage available for requested area',
  [-2005]: 'Text to speech synthesis failed',
  [-2006]: 'Audio file download failed',
  [-2007]: 'Validity period expired',
  [-2008]: 'Source caller ID is not whitelisted',
  [-2009]: 'Scenario parameters are invalid',
  [-2010]: 'Trunk capacity exceeded',
  [-9999]: 'Unknown error',
} as const;

export type SessionErrorCode =
  | -2001
  | -2002
  | -2003
  | -2004
  | -2005
  | -2006
  | -2007
  | -2008
  | -2009
  | -2010
  | -9999;

/** Ends the session as `ERROR`. The message is the reason in words for the person who tests. */
export class SessionFailure extends Error {
  override readonly name = 'SessionFailure';
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, reason: string) {
    super(reason);
    this.code = code;
  }
}
