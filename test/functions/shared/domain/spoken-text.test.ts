import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCallActionAnswer } from '../../../../functions/shared/adapters/eight-by-eight/webhooks/callflow-json.ts';
import { hangup, say, sayAndCapture, vcaCallflow } from '../../../../functions/shared/domain/callflow.ts';
import { InvalidCallflowError } from '../../../../functions/shared/domain/callflow-rules.ts';
import { callerMessages } from '../../../../lib/configuration/caller-messages.ts';
import { checkCallflow } from '../../../../lib/simulated-8x8/callflow-rules.ts';

const voiceProfile = 'en-US-BenjaminRUS';
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.stringMatching(/^[\w <>&"'\t\n\r\0é–]{0,20}$/),
);
const answer = { usage: 'answer', legsInUse: 1, mayBeEmpty: false } as const;

/** Whether the platform would play it. */
function isPlayed(callflow: readonly unknown[]): boolean {
  try {
    checkCallflow(callflow, answer);
    return true;
  } catch {
    return false;
  }
}

describe('a text that is spoken', () => {
  test('is played by the platform whenever the service accepts it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const spoken = vcaCallflow([say({ text, voiceProfile }), hangup()]);
          const asked = vcaCallflow([
            sayAndCapture({ promptMessage: text, voiceProfile, successMessage: text, failureMessage: text }),
          ]);
          expect(isPlayed(toCallActionAnswer(spoken, 'plus').callflow)).toBe(true);
          expect(isPlayed(toCallActionAnswer(asked, 'plus').callflow)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidCallflowError);
        }
      }),
    );
  });

  test('is played whenever the configuration accepts it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = callerMessages.safeParse({ default: { blocked: { say: text, voiceProfile } } });
        if (!parsed.success) return;
        const { blocked } = parsed.data.default;
        const accepted = 'say' in blocked ? blocked.say : '';
        const built = vcaCallflow([say({ text: accepted, voiceProfile }), hangup()]);
        expect(isPlayed(toCallActionAnswer(built, 'plus').callflow)).toBe(true);
      }),
    );
  });

  test.each(['Dear <customers>, we are closed.', 'Bell\u0007', 'half \ud800'])(
    'stops the synthesis with its path where it would end in silence: %j',
    (text) => {
      const { error } = callerMessages.safeParse({ default: { blocked: { say: text, voiceProfile } } });

      expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['default.blocked.say']);
    },
  );

  test('may take several lines in the configuration, and is one', () => {
    const { default: messages } = callerMessages.parse({
      default: { blocked: { say: ' We are closed.\n  Please\tcall tomorrow. ', voiceProfile } },
    });

    expect(messages.blocked).toMatchObject({ say: 'We are closed. Please call tomorrow.' });
  });
});
