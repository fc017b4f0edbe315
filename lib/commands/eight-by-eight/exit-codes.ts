/** What the command ends with, for scripts. */
export const exitCodes = {
  /** Done, or nothing to do. */
  fine: 0,
  /** Wrong usage or settings; nothing was changed. */
  usage: 1,
  /** `plan` and `status`: the account is not as it should be. */
  differs: 2,
  /** The account serves somebody else; nothing was changed. */
  foreign: 3,
  /** Done but for something that 8x8 refuses so far, or that has to be entered in its portal. */
  byHand: 4,
  /** 8x8 or AWS failed; another run finishes the job. */
  failed: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The codes as lines of a help text. */
export const exitCodeHelp = `Exit codes:
  0  done, or nothing to do
  1  wrong usage or settings; nothing was changed
  2  plan, status: the account is not as it should be
  3  the account serves somebody else; nothing was changed
  4  done but for something that 8x8 refuses so far, or that is to be entered in its portal
  5  8x8 or AWS failed; run it again to finish`;
