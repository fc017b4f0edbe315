import type { Context } from 'aws-lambda';

/**
 * Answers in time, whatever the handler does: when `deadlineMs` have passed, `late` answers instead. The handler's
 * own answer, should it still come, is dropped.
 */
export function answerWithin<Event, Answer>(
  deadlineMs: number,
  handler: (event: Event, context: Context) => Promise<Answer>,
  late: () => Answer,
): (event: Event, context: Context) => Promise<Answer> {
  return async (event, context) => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, 'late');
    });
    try {
      const first = await Promise.race([handler(event, context), deadline]);
      return first === 'late' ? late() : (first as Answer);
    } finally {
      clearTimeout(timer);
    }
  };
}
