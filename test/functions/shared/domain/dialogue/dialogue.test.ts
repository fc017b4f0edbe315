import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallAction } from '../../../../../functions/shared/domain/callflow.ts';
import {
  afterNobody,
  beginDialogue,
  callflowOf,
  continueDialogue,
  MOST_QUESTIONS,
  MOST_UNANSWERED,
  type Turn,
} from '../../../../../functions/shared/domain/dialogue/dialogue.ts';
import {
  type DialogueState,
  readDialogueState,
  writeDialogueState,
} from '../../../../../functions/shared/domain/dialogue/dialogue-state.ts';
import { entranceOf, type Menu } from '../../../../../functions/shared/domain/dialogue/menu.ts';
import { menuFaults } from '../../../../../functions/shared/domain/dialogue/menu-faults.ts';
import { propertyRuns } from '../../../../support/property-runs.ts';
import { asks, connectsStaff, menuWith, says, soundMenu, span, staff } from './menus.ts';

const monday = Date.UTC(2026, 10, 23, 4);

/** What a caller hears in a turn, and whether the call goes on. */
function heardIn(turn: Turn): string[] {
  const words = (action: CallAction) => {
    switch (action.action) {
      case 'say':
        return action.text;
      case 'playFile':
        return action.fileUrl;
      case 'sayAndCapture':
        return `${action.promptMessage} ?`;
      default:
        return action.action;
    }
  };
  if (turn.kind === 'ask' || turn.kind === 'end') return callflowOf(turn).actions.map(words);
  return turn.kind === 'connect' ? [...turn.spoken.map(words), `-> ${turn.target.kind}`] : [turn.kind];
}

function stateOf(turn: Turn): DialogueState {
  if ('state' in turn && turn.state !== undefined) return turn.state;
  throw new Error(`The conversation is over: ${turn.trail.join(', ')}.`);
}

/** The state as it comes back with the next request: through the text. */
function echoed(turn: Turn): DialogueState {
  const state = readDialogueState(writeDialogueState(stateOf(turn)));
  if (state === undefined) throw new Error('The state does not survive its text.');
  return state;
}

function press(menu: Menu, turn: Turn, keys: string | undefined): Turn {
  return continueDialogue(menu, echoed(turn), keys, monday);
}

const shop = menuWith({
  main: asks(
    '1 for hours, 2 for us',
    { '1': 'hours', '2': 'us', '*': 'main' },
    { otherwise: 'invalid', tries: 2 },
  ),
  hours: says('We are open from 9 to 9.'),
  us: connectsStaff,
  invalid: says('That is no choice.', 'main'),
});

describe('a conversation', () => {
  test('asks, goes where a key leads, and hangs up behind what it said', () => {
    const start = beginDialogue(shop, monday);
    expect(heardIn(start)).toEqual(['1 for hours, 2 for us ?']);
    expect(heardIn(press(shop, start, '1'))).toEqual(['We are open from 9 to 9.', 'hangup']);
  });

  test('connects with whom a step names, and is over when the bridge has ended', () => {
    const connected = press(shop, beginDialogue(shop, monday), '2');
    expect(connected).toMatchObject({
      kind: 'connect',
      target: { kind: 'phone-number', phoneNumber: staff },
    });
    expect(press(shop, connected, undefined).kind).toBe('over');
  });

  test('tells each step in words, and of keys that are no choice not which they were', () => {
    const start = beginDialogue(shop, monday);
    expect(start.trail).toEqual(['entered `main` of test']);
    expect(press(shop, start, '2').trail).toEqual(['pressed 2 in `main`', 'went to `us`']);
    expect(press(shop, start, '4929').trail).toEqual(['pressed no key of it in `main`', 'went to `invalid`']);
    expect(press(shop, start, undefined).trail).toEqual(['pressed nothing in `main`', 'went to `invalid`']);
  });

  test.each([
    ['nothing', undefined],
    ['a key that means nothing', '7'],
    ['too many keys', '11'],
    ['a hash alone', '#'],
  ])('leads on where %s was pressed', (_, keys) => {
    const turn = press(shop, beginDialogue(shop, monday), keys);
    expect(heardIn(turn)).toEqual(['That is no choice.', '1 for hours, 2 for us ?']);
  });

  test('takes a key with the hash that many people press behind it', () => {
    expect(heardIn(press(shop, beginDialogue(shop, monday), '1#'))).toContain('We are open from 9 to 9.');
  });

  test('captures as many keys as the choices have, and lets 8x8 ask again while nothing is pressed', () => {
    const turn = beginDialogue(
      menuWith({ main: asks('Which room?', { '7': 'a', '101': 'a' }, { tries: 3 }), a: says('a') }),
      monday,
    );
    expect(turn).toMatchObject({
      question: { minDigits: 1, maxDigits: 3, completeOnHash: false, noOfTries: 3 },
    });
  });

  test('ends with a goodbye where nothing else would be said', () => {
    const menu = menuWith({ main: asks('Well?', { '9': 'hangup' }) }, { goodbye: 'Bye.' });
    expect(heardIn(press(menu, beginDialogue(menu, monday), '9'))).toEqual(['Bye.', 'hangup']);
    expect(
      heardIn(beginDialogue(menuWith({ main: { kind: 'hang-up' } }, { goodbye: 'Bye.' }), monday)),
    ).toEqual(['Bye.', 'hangup']);
  });

  test('begins anew in a menu that was changed while the caller was in it', () => {
    const changed = menuWith({ main: asks('New here?', { '1': 'main' }) }, { revision: 'r2' });
    const turn = press(changed, beginDialogue(shop, monday), '1');
    expect(heardIn(turn)).toEqual(['New here? ?']);
    expect(turn.trail).toEqual(['the menu was changed meanwhile', 'went to `main`']);
  });

  test('answers the same request twice alike', () => {
    const start = beginDialogue(shop, monday);
    expect(press(shop, start, '2')).toEqual(press(shop, start, '2'));
  });

  test('goes 30 steps deep', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [
        `s${at}`,
        asks(`level ${at}`, { '1': at === 29 ? 'us' : `s${at + 1}` }),
      ]),
    );
    const deep = menuWith({ ...steps, us: connectsStaff }, { start: 's0' });
    let turn = beginDialogue(deep, monday);
    for (let level = 0; level < 30; level += 1) turn = press(deep, turn, '1');
    expect(turn.kind).toBe('connect');
  });

  test('ends where nobody answers any more', () => {
    let turn = beginDialogue(shop, monday);
    for (let silent = 1; silent < MOST_UNANSWERED; silent += 1) turn = press(shop, turn, undefined);
    turn = press(shop, turn, undefined);
    expect(heardIn(turn)).toEqual(['That is no choice.', 'hangup']);
    expect(turn.trail.at(-1)).toBe('nobody answers, so hung up');
  });

  test('goes on after silence as soon as somebody presses a key', () => {
    let turn = beginDialogue(shop, monday);
    for (let round = 0; round < 3 * MOST_UNANSWERED; round += 1)
      turn = press(shop, turn, round % 2 ? '*' : undefined);
    expect(stateOf(turn).unanswered).toBeLessThanOrEqual(2);
  });

  test('ends after so many questions, whatever is pressed', () => {
    let turn = beginDialogue(shop, monday);
    for (let asked = 1; asked < MOST_QUESTIONS; asked += 1) turn = press(shop, turn, '*');
    expect(heardIn(press(shop, turn, '*'))).toEqual(['Thank you for calling. Goodbye.', 'hangup']);
  });

  test('takes the way of the hour', () => {
    const menu = menuWith({
      main: {
        kind: 'open-at',
        hours: { timeZone: 'Asia/Singapore', week: { mon: [span('09:00-18:00')] }, dates: {} },
        next: 'open',
        otherwise: 'closed',
      },
      open: says('Open.'),
      closed: says('Closed.'),
    });
    expect(heardIn(beginDialogue(menu, monday))).toEqual(['Open.', 'hangup']);
    expect(beginDialogue(menu, monday + 8 * 3_600_000).trail).toContain('`closed` since it is closed');
  });

  test('keeps the hours of the wall when the clocks go back, and closes on a holiday', () => {
    const menu = menuWith({
      main: {
        kind: 'open-at',
        hours: {
          timeZone: 'Europe/Berlin',
          week: { mon: [span('09:00-18:00')] },
          dates: { '2026-12-28': [] },
        },
        next: 'open',
        otherwise: 'closed',
      },
      open: says('Open.'),
      closed: says('Closed.'),
    });
    const heardAt = (text: string) => heardIn(beginDialogue(menu, Date.parse(text)))[0];
    expect(heardAt('2026-10-19T07:00:00Z')).toBe('Open.');
    expect(heardAt('2026-10-26T07:00:00Z')).toBe('Closed.');
    expect(heardAt('2026-10-26T08:00:00Z')).toBe('Open.');
    expect(heardAt('2026-12-28T08:00:00Z')).toBe('Closed.');
  });

  test('tells a caller for whom nobody can be found what the step says, else goodbye', () => {
    const menu = menuWith({
      main: { kind: 'connect', target: { kind: 'booking' }, otherwise: 'sorry' },
      sorry: says('Nobody is free.'),
    });
    expect(heardIn(afterNobody(menu, stateOf(beginDialogue(menu, monday)), monday))).toEqual([
      'Nobody is free.',
      'hangup',
    ]);
    const bare = menuWith({ main: { kind: 'connect', target: { kind: 'booking' } } });
    expect(heardIn(afterNobody(bare, stateOf(beginDialogue(bare, monday)), monday))).toEqual([
      'Thank you for calling. Goodbye.',
      'hangup',
    ]);
  });
});

describe('any menu without faults, whatever is pressed', () => {
  const presses = fc.array(
    fc.option(fc.constantFrom('0', '1', '2', '9', '*', '#', '12', '4711', '99999'), { nil: undefined }),
    {
      minLength: 200,
      maxLength: 200,
    },
  );

  test('is never silent, never endless, and connects nobody whom no step names', () => {
    fc.assert(
      fc.property(soundMenu, presses, (menu, keys) => {
        expect(menuFaults(menu)).toEqual([]);
        let turn = beginDialogue(entranceOf(menu), monday);
        let turns = 0;
        for (const key of keys) {
          turns += 1;
          if (turn.kind !== 'ask') break;
          expect(heardIn(turn).at(-1)).toMatch(/ \?$/);
          turn = continueDialogue(menu, echoed(turn), key, monday);
        }
        expect(turns).toBeLessThanOrEqual(MOST_QUESTIONS + 1);
        if (turn.kind === 'end') expect(heardIn(turn).length).toBeGreaterThan(1);
        expect(['end', 'connect']).toContain(turn.kind);
      }),
      propertyRuns(300),
    );
  });

  test('answers any text that comes back as a state', () => {
    fc.assert(
      fc.property(soundMenu, fc.string(), fc.option(fc.string(), { nil: undefined }), (menu, text, keys) => {
        const state = readDialogueState(`d1:test:r1:${text}:1:0`) ?? readDialogueState('d1:test:r1:gone:1:0');
        if (state === undefined) throw new Error('A state that is written right is read.');
        expect(continueDialogue(menu, state, keys, monday).trail.length).toBeGreaterThan(0);
      }),
      propertyRuns(200),
    );
  });
});

describe('the state of a conversation', () => {
  test('is a short text that a person can read', () => {
    const text = writeDialogueState(stateOf(beginDialogue(shop, monday)));
    expect(text).toBe('d1:test:r1:main:1:1');
  });

  test.each([
    undefined,
    '',
    'post_call',
    'd2:a:b:c:1:1',
    'd1:a:b:c:1',
    'd1:a:b:c:1:x',
    'd1:a b:b:c:1:1',
    'd1:a:b:c:1:1:9',
  ])('is not read out of %s', (text) => expect(readDialogueState(text)).toBeUndefined());

  test('comes back from its text as it was, and from nothing else', () => {
    const part = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('d1', 'menu', 'r1', '3', '-1'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 6, maxLength: 6 }), (parts) => {
        const state = readDialogueState(parts.join(':'));
        expect(state === undefined ? parts.join(':') : writeDialogueState(state)).toBe(parts.join(':'));
      }),
      propertyRuns(500),
    );
  });
});
