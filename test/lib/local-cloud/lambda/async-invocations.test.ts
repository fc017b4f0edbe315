import { describe, expect, test } from 'vitest';
import { createAsyncInvocations } from '../../../../lib/local-cloud/lambda/async-invocations.ts';
import type { InvocationOutcome } from '../../../../lib/local-cloud/lambda/runtime-api.ts';
import { fixtureFunction } from '../support/function-fixture.ts';

const failed: InvocationOutcome = { kind: 'failed', errorType: 'Error', errorMessage: 'as asked' };
const answered: InvocationOutcome = { kind: 'answered', payload: 'null' };

/** Invocations of a function whose outcomes are given in turn; the last one is repeated. */
function fixture(outcomes: readonly InvocationOutcome[], deadLetterQueueArn?: string) {
  const sent: [queue: string, body: string][] = [];
  const complaints: string[] = [];
  let tries = 0;
  const invocations = createAsyncInvocations({
    lambda: {
      async invoke() {
        tries += 1;
        return outcomes[tries - 1] ?? outcomes.at(-1) ?? answered;
      },
      definition: () => fixtureFunction('sink', { deadLetterQueueArn }),
    },
    sendToQueue: async (queue, body) => void sent.push([queue, body]),
    complain: (message) => complaints.push(message),
    retryDelaysMs: [0, 0],
  });
  return { invocations, sent, complaints, tries: () => tries };
}

describe('an event that nobody waits for', () => {
  test('is tried until its function takes it', async () => {
    const { invocations, tries, complaints } = fixture([failed, answered]);

    invocations.invoke('f', {});
    await invocations.idle();

    expect(tries()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('goes to the dead-letter queue after three tries', async () => {
    const { invocations, sent, tries } = fixture([failed], 'arn:aws:sqs:::dead');

    invocations.invoke('f', { id: 1 });
    await invocations.idle();

    expect(tries()).toBe(3);
    expect(sent).toEqual([['arn:aws:sqs:::dead', '{"id":1}']]);
  });

  test('is complained about when there is no dead-letter queue', async () => {
    const { invocations, complaints } = fixture([failed]);

    invocations.invoke('f', {});
    await invocations.idle();

    expect(complaints).toEqual(['f failed for good and has no dead-letter queue: as asked']);
  });

  test('goes to a queue as it is', async () => {
    const { invocations, sent, tries } = fixture([answered]);

    invocations.deliver('arn:aws:sqs:ap-southeast-1:000000000000:work', { id: 1 });
    await invocations.idle();

    expect(sent).toEqual([['arn:aws:sqs:ap-southeast-1:000000000000:work', '{"id":1}']]);
    expect(tries()).toBe(0);
  });
});
