import { describe, expect, test } from 'vitest';
import { createRenderer } from '../../../../lib/commands/demo/render.ts';
import { DRIVER, type PlayedCall, RIDER } from '../../../../lib/commands/demo/scenario.ts';

const START = '2026-12-01T10:00:00.000Z';
const virtualNumber = '+6531290001';

function moment(atSeconds: number, leg: 'A' | 'B', what: string, detail: string | null = null) {
  const at = new Date(Date.parse(START) + atSeconds * 1000).toISOString();
  return { at, atSeconds, leg, what, detail };
}

const missed: PlayedCall = {
  title: 'The rider calls and nobody answers',
  from: RIDER,
  to: virtualNumber,
  call: {
    sessionId: 'session-1',
    status: 'NO_ANSWER',
    connectedTo: null,
    heard: [],
    recordingKey: null,
    timeline: [
      moment(0, 'A', 'rings'),
      moment(2, 'B', 'dialled'),
      moment(47, 'B', 'not-connected', 'NO_ANSWER'),
      moment(47, 'A', 'not-connected', 'COMPLETED'),
    ],
    exchanges: [
      {
        webhook: 'VCA',
        at: START,
        request: {},
        response: {
          status: 200,
          milliseconds: 3.4,
          body: {
            callflow: [{ action: 'makeCall', params: { source: virtualNumber, destination: DRIVER } }],
          },
        },
        problem: null,
      },
      { webhook: 'VSS', at: moment(48, 'A', '').at, request: {}, response: null, problem: 'no connection' },
    ],
  },
  session: {
    sessionId: 'session-1',
    outcome: 'missed',
    durationSeconds: 0,
    decision: { kind: 'connect', reason: 'The caller is a party.' },
    recordings: [{ key: null, sizeBytes: null }],
  },
};

describe('a ladder', () => {
  test('has who, what and when, one line each, between the lifelines', () => {
    const lines = createRenderer(false).call(missed, 1);

    expect(lines.slice(1)).toEqual([
      '1. The rider calls and nobody answers',
      '         rider                  8x8                 driver             service',
      '   0.0 s   │─ dials +6531290001 ▶│                     │                  │',
      '   0.0 s   │                     │──────────── VCA: what now? ───────────▶│',
      '   0.0 s   │                     │◀──────── makeCall driver (3 ms) ───────│',
      '   2.0 s   │                     │─ +6531290001 calls ▶│                  │',
      '  47.0 s   │                     │◀───── no answer ────│                  │',
      '  47.0 s   │◀─── ends the call ──│                     │                  │',
      '  48.0 s   │                     │────────── VSS: no connection ─────────▶│',
      '  → missed: nobody was connected',
    ]);
  });

  test('is the same text with colours', () => {
    const colourCode = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

    const coloured = createRenderer(true).call(missed, 1).join('\n');

    expect(coloured).toMatch(colourCode);
    expect(coloured.replace(colourCode, '')).toBe(createRenderer(false).call(missed, 1).join('\n'));
  });

  test('shows who gave up while it rang', () => {
    const timeline = [
      moment(0, 'A', 'rings'),
      moment(2, 'B', 'dialled'),
      moment(5, 'B', 'not-connected', 'CANCELED'),
      moment(5, 'A', 'not-connected', 'CANCELED'),
    ];

    const lines = createRenderer(false).call(
      { ...missed, call: { ...missed.call, timeline, exchanges: [] } },
      1,
    );

    expect(lines).toContain('   5.0 s   │───── gives up ─────▶│                     │                  │');
  });

  test('tells where all of it is, or how to make it stay', () => {
    const { farewell } = createRenderer(false);

    expect(farewell({ apiUrl: 'http://127.0.0.1:3000', stays: true }, [missed]).at(-1)).toBe(
      '  curl http://127.0.0.1:3000/v1/sessions/session-1',
    );
    expect(farewell({ apiUrl: 'http://127.0.0.1:3000', stays: false }, [missed]).join('\n')).toContain(
      '`npm start` brings up a local cloud that stays',
    );
  });

  test('says at the end why a call went where it went, and what is missing', () => {
    const text = createRenderer(false).summary([missed]).join('\n');

    expect(text).toContain('/v1/sessions/session-1');
    expect(text).toContain('missed, by the decision connect:\n     The caller is a party.');
    expect(text).toContain('Its recording was not seen in S3.');
  });
});
