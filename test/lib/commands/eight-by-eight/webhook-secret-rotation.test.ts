import { describe, expect, test } from 'vitest';
import { parseWebhookSecret } from '../../../../functions/shared/adapters/secrets-manager.ts';
import {
  type RotationStep,
  rotateWebhookSecret,
} from '../../../../lib/commands/eight-by-eight/webhook-secret-rotation.ts';

/** A secret in memory, and an 8x8 that notes what it was registered with. */
function rotation(text: string) {
  const state = { text, registered: '', lines: [] as string[] };
  const run = (step: RotationStep) =>
    rotateWebhookSecret(step, {
      secret: {
        read: async () => state.text,
        write: async (written) => {
          state.text = written;
        },
      },
      register: async () => {
        state.registered = parseWebhookSecret(state.text)[0] ?? '';
      },
      tell: (line) => state.lines.push(line),
    });
  return { state, run, accepted: () => parseWebhookSecret(state.text) };
}

describe('rotating the webhook secret', () => {
  test('accepts both values from before 8x8 sends the new one until after it sent the former', async () => {
    const { state, run, accepted } = rotation('{"token":"made at deployment"}');
    const former = 'Bearer made at deployment';

    await run('announce');
    const announced = accepted();
    await run('register');
    const registered = accepted();
    await run('finish');

    const next = announced[1] ?? '';
    expect(announced).toEqual([former, next]);
    expect(next).toMatch(/^Bearer [\w-]{48}$/);
    expect(registered).toEqual([next, former]);
    expect(state.registered).toBe(next);
    expect(accepted()).toEqual([next]);
    expect(state.lines.join()).not.toContain(next.slice('Bearer '.length));
  });

  test('registers the same value again when the registration is repeated', async () => {
    const { state, run } = rotation('{"token":"made at deployment"}');
    await run('announce');
    await run('register');
    const { registered, text } = state;

    await run('register');

    expect(state).toMatchObject({ registered, text });
  });

  test('announces no second value while one is announced, and registers none that is not', async () => {
    const { run, state } = rotation('{"token":"made at deployment"}');

    await expect(run('register')).rejects.toThrow(/begin with --step announce/);
    await run('announce');
    const announced = state.text;

    await expect(run('announce')).rejects.toThrow(/A rotation is under way/);
    expect(state.text).toBe(announced);
  });
});
