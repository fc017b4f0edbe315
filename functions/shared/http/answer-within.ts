import type { Context } from 'aws-lambda';

/** The one deadline of an answer. */
export interface Deadline {
  /** When it is over, on the clock of `performance.now()`. */
  readonly endsAt: number;
  /** Whether somebody else has answered: then nothing may be recorded that was not answered. */
  readonly isMissed: boolean;
}

/** What a handler is given that has to answer in time. */
export interface TimedContext extends Context {
  readonly deadline: Deadline;
}

/**
 * Answers in time, whatever the handler does: when `deadlineMs` have passed, `late` answers instead. The handler's
 * own answer, should it still come, is dropped; its context tells it so.
 */
export function answerWithin<Event, Answer>(
  deadlineMs: number,
  handler: (event: Event, context: TimedContext) => Promise<Answer>,
  late: () => Answer,
): (event: Event, context: Context) => Promise<Answer> {
  return async (event, context) => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = { endsAt: performance.now() + deadlineMs, isMissed: false };
    const missed = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        deadline.isMissed = true;
        resolve('late');
      }, deadlineMs);
    });
    try {
      const first = await Promise.race([handler(event, { ...context, deadline }), missed]);
      return first === 'late' ? late() : (first as Answer);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Settles as `work` does, or fails when what is left before the deadline, less `marginMs`, has passed. */
export async function before<T>(
  { endsAt }: Deadline,
  marginMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        const error = new Error('The time for an answer was used up.');
        abort.abort(error);
        reject(error);
      },
      Math.max(0, endsAt - performance.now() - marginMs),
    );
  });
  try {
    return await Promise.race([work(abort.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
