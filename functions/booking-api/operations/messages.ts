import * as z from 'zod';
import { type SendMessageDependencies, sendMessage } from '../../shared/use-cases/send-message.ts';
import { askEightByEight, eightByEightProblems, notConfigured } from '../eight-by-eight-problems.ts';
import { exampleNumber, exampleRider } from '../examples.ts';
import { type Operation, operation } from '../operation.ts';
import { calledNumber, knownNumber } from '../phone-numbers.ts';
import { instant, wellFormedText } from '../values.ts';

export interface MessageOperationDependencies extends Omit<SendMessageDependencies, 'sender'> {
  /** Undefined where the deployment has no API key of 8x8. */
  readonly sender: SendMessageDependencies['sender'] | undefined;
}

const DEFAULT_VOICE_PROFILE = 'en-US-BenjaminRUS';

const newMessage = z
  .strictObject(
    {
      to: calledNumber.describe('Whom to ring.'),
      from: knownNumber.describe('The virtual number that is shown.'),
      say: wellFormedText.optional().describe('A text that is read out, at most 3000 characters.'),
      play: wellFormedText.optional().describe('An mp3 or wav file, http or https.'),
      voiceProfile: wellFormedText.default(DEFAULT_VOICE_PROFILE),
      speed: z.number('must be a number from 0.5 to 2').default(1),
      repetition: z.literal([1, 2, 3], 'must be 1, 2 or 3').default(1).describe('How often it is heard.'),
      validUntil: instant.optional().describe('Nobody is rung after it.'),
    },
    'must be a JSON object',
  )
  .refine(({ say, play }) => (say === undefined) !== (play === undefined), {
    path: ['say'],
    message: 'is required: give either `say` or `play`',
  })
  .meta({ id: 'NewMessage' });

const startedMessage = z
  .object({ sessionId: z.string().describe('Of the call; `GET /v1/sessions/{sessionId}` follows it.') })
  .meta({ id: 'StartedMessage' });

/** A voice message: a text or a file to one phone. */
export function messageOperation(deps: MessageOperationDependencies): Operation {
  const { sender } = deps;
  return operation({
    routeKey: 'POST /v1/messages',
    operationId: 'sendMessage',
    tag: 'Conversations',
    summary: 'Ring one phone and say something to whoever answers.',
    description:
      'What became of it stands in the session: `answered` where it was heard, else `busy`, `missed` or `failed`. The ' +
      'message is sent once; where 8x8 limits the rate, the problem says for how long to wait.',
    body: newMessage,
    answers: { 202: startedMessage },
    problems: ['PHONE_NUMBER_BLOCKED', 'PHONE_NUMBER_NOT_ALLOWED', ...eightByEightProblems],
    example: {
      body: { to: exampleRider, from: exampleNumber, say: 'Your driver is there.' },
      answer: { status: 202, body: { sessionId: 'session-1' } },
    },
    async run({ body: { say, play = '', validUntil: validUntilMs, ...message } }) {
      if (sender === undefined) throw notConfigured();
      const announcement = say === undefined ? { play } : { say };
      const sessionId = await askEightByEight(() =>
        sendMessage({ ...message, announcement, validUntilMs }, { ...deps, sender }),
      );
      return { status: 202, body: { sessionId } };
    },
  });
}
