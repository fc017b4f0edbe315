/** A code of 8x8 in words that a support agent can act on. */
export interface VoiceErrorExplanation {
  readonly code: number;
  /** What happened to the call, in one sentence. */
  readonly meaning: string;
  /** What to do next, and who does it. */
  readonly advice: string;
}

type Explanations = ReadonlyMap<number, Omit<VoiceErrorExplanation, 'code'>>;

const UNSPECIFIED = -9999;

/** Codes of a session that ended in error, from the summary's error details; the same for every voice product. */
const sessionErrors: Explanations = new Map([
  [
    -2001,
    {
      meaning: 'The voice platform failed inside while it handled the call.',
      advice: 'Ask the caller to try again. If it repeats within minutes, report the session id to 8x8.',
    },
  ],
  [
    -2002,
    {
      meaning:
        'Two parts of the voice platform could not reach each other, or it could not reach our webhook.',
      advice:
        'Ask the caller to try again. If it repeats, have an engineer check that the call action webhook answers, then report the session id to 8x8.',
    },
  ],
  [
    -2003,
    {
      meaning: 'The platform refused the instructions that this system gave for the call.',
      advice: 'Nothing the caller can do. Pass the session id to an engineer: the answer we sent was wrong.',
    },
  ],
  [
    -2004,
    {
      meaning: 'The number that should have been rung lies in an area that this account cannot call.',
      advice: 'Check the country of the number, then ask the 8x8 account manager to enable it.',
    },
  ],
  [
    -2005,
    {
      meaning: 'The announcement could not be turned into speech.',
      advice: 'Have an engineer check the voice profile and the text that are configured for this message.',
    },
  ],
  [
    -2006,
    {
      meaning: 'The sound file of the announcement could not be fetched.',
      advice: 'Have an engineer check that its address is public and that it is an mp3 or wav below 5 MB.',
    },
  ],
  [
    -2007,
    {
      meaning: 'The call came through after the time for which it was valid.',
      advice: 'Ask for the call to be made again; if it repeats, ask 8x8 how long sessions stay valid.',
    },
  ],
  [
    -2008,
    {
      meaning: 'The number that the other party would have seen may not be shown by this account.',
      advice:
        'Have an engineer compare the pool of virtual numbers with the numbers that 8x8 gave to the sub-account.',
    },
  ],
  [
    -2009,
    {
      meaning: 'A prepared call scenario was started with wrong parameters.',
      advice: 'This system uses no scenarios: find out who else makes calls on the sub-account.',
    },
  ],
  [
    -2010,
    {
      meaning: 'Too many calls were going on at the same time for this account.',
      advice:
        'Ask the caller to try again later, and ask the 8x8 account manager for more concurrent calls if it keeps happening.',
    },
  ],
  [
    UNSPECIFIED,
    {
      meaning: 'The call failed and the platform did not say why.',
      advice: 'Ask the caller to try again. If it repeats, report the session id to 8x8.',
    },
  ],
]);

/** Codes with which Send Callflow answers a request, so that a call which was never made can be explained. */
const requestErrors: Explanations = new Map([
  [1, { meaning: 'The call was accepted and is being made.', advice: 'Nothing to do.' }],
  [-1001, ours('The request was not readable as JSON')],
  [
    -1002,
    {
      meaning: 'The voice asked for is not one of this account.',
      advice:
        'Have an engineer compare the configured voice profile with the speech profiles of the account.',
    },
  ],
  [-1003, ours('A least number of digits was asked for without a valid greatest number')],
  [-1004, ours('Digits were asked for without an address to send them to')],
  [-1005, ours('A pause between digits was limited without a valid limit for the whole entry')],
  [-1006, ours('The limit for the whole entry of digits was not longer than that between two digits')],
  [-1007, ours('The callflow held an action that the platform does not know')],
  [-1008, ours('Digits were to end without the hash key, but no valid greatest number was given')],
  [-1009, ours('A value in the callflow was not valid')],
  [-1010, ours('The callflow held one kind of action more often than is allowed')],
  [-1011, ours('The callflow named more than one destination for a call')],
  [-1012, ours('The callflow hung up in a place where that is not allowed')],
  [-1013, ours('The callflow did not begin with making a call')],
  [
    -1014,
    {
      meaning: 'The number to be shown as caller may not be used by this account.',
      advice: 'Have an engineer check that the virtual number still belongs to the sub-account.',
    },
  ],
  [
    -1015,
    {
      meaning: 'The request reached the platform after the time until which it was valid.',
      advice: 'Make the call again.',
    },
  ],
  [
    -1016,
    {
      meaning: 'A text held characters that the platform does not take.',
      advice: 'Reword the message with letters, digits and ordinary punctuation.',
    },
  ],
  [
    -1017,
    {
      meaning: 'The number to be rung is not a valid phone number.',
      advice: 'Correct the phone number in the booking, with its country code, and call again.',
    },
  ],
  [-1018, ours('The callflow was not valid, or mixed a prepared scenario with other actions')],
  [-1019, ours('A prepared scenario was started without its name')],
  [-1020, ours('A prepared scenario was started that does not exist or is not open to this account')],
  [
    UNSPECIFIED,
    {
      meaning: 'The platform refused the request and did not say why.',
      advice: 'Make the call again. If it repeats, report the time and the sub-account to 8x8.',
    },
  ],
]);

/**
 * Explains the `errorCode` of a session summary.
 * @returns an explanation for every number: a code that 8x8 adds tomorrow is said to be unknown.
 */
export function explainSessionError(code: number): VoiceErrorExplanation {
  return explain(sessionErrors, code);
}

/** Explains the `statusCode` of a Send Callflow answer; unknown codes are said to be unknown. */
export function explainRequestStatus(code: number): VoiceErrorExplanation {
  return explain(requestErrors, code);
}

function explain(explanations: Explanations, code: number): VoiceErrorExplanation {
  const known = explanations.get(code);
  if (known !== undefined) return { code, ...known };
  return {
    code,
    meaning: `The platform gave the code ${code}, which its documentation does not explain.`,
    advice: 'Report the code, with the session id if there is one, to 8x8.',
  };
}

/** A request that this system should never have sent: the agent can only pass it on. */
function ours(fault: string): Omit<VoiceErrorExplanation, 'code'> {
  return {
    meaning: `${fault}, so no call was made.`,
    advice: 'Nothing the parties can do. Pass it to an engineer: the request we sent was wrong.',
  };
}
