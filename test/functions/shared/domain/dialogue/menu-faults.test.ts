import { describe, expect, test } from 'vitest';
import type { Step } from '../../../../../functions/shared/domain/dialogue/menu.ts';
import { type MenuDraft, menuFaults } from '../../../../../functions/shared/domain/dialogue/menu-faults.ts';
import { asks, menuWith, says } from './menus.ts';

const faultsOf = (steps: Record<string, Step | undefined>, more: Partial<MenuDraft> = {}) =>
  menuFaults({ ...menuWith({}), ...more, steps: new Map(Object.entries(steps)) }).map(
    ({ path, message }) => `${path} ${message}`,
  );

describe('the faults of a menu', () => {
  test('are none where every step leads somewhere', () => {
    expect(
      faultsOf({ main: asks('1?', { '1': 'on', '2': 'hangup' }, { otherwise: 'main' }), on: says('On.') }),
    ).toEqual([]);
  });

  test('are told all at once, each by its path', () => {
    const faults = faultsOf(
      {
        main: asks('', { '1': 'gone', x: 'on' }, { otherwise: 'nowhere' }),
        on: says('<'.repeat(3001), 'ring'),
        ring: says('round', 'ring2'),
        ring2: says('and round', 'ring'),
        lonely: says('never heard'),
        'no name': says('bad name'),
      },
      { start: 'main', voiceProfile: 'two words', speed: 3 },
    );
    for (const path of [
      'voiceProfile is not a voice profile',
      'speed is out of range',
      'steps.main.choices.1 names no step',
      'steps.main.choices.x is no key',
      'steps.main.otherwise names no step',
      'steps.main.ask is empty',
      'steps.on.say is too long',
      'steps.ring2.then leads back here without asking',
      'steps.lonely cannot be reached',
      'steps.no name must be 1 to 32 letters',
    ]) {
      expect(
        faults.some((fault) => fault.startsWith(path)),
        path,
      ).toBe(true);
    }
  });

  test('include a start that is not there', () => {
    expect(faultsOf({ main: says('Hello.') }, { start: 'home' })).toEqual([
      'start names no step of the menu',
      'steps.main cannot be reached from the start',
    ]);
  });

  test('include a ring through a connection, where nobody may be found', () => {
    const faults = faultsOf({
      main: { kind: 'connect', target: { kind: 'booking' }, otherwise: 'wait' },
      wait: says('Please wait.', 'main'),
    });
    expect(faults).toEqual([expect.stringMatching(/^steps\.wait\.then leads back here/)]);
  });

  test('do not include a ring in which somebody is asked', () => {
    expect(
      faultsOf({ main: says('Hi.', 'ask'), ask: asks('1?', { '1': 'main' }, { otherwise: 'main' }) }),
    ).toEqual([]);
  });

  test('include a row of announcements that nobody would listen to', () => {
    const steps = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`s${at}`, says('More.', at === 11 ? 'hangup' : `s${at + 1}`)]),
    );
    expect(faultsOf(steps, { start: 's0' })).toEqual(['steps.s1 begins more than 10 announcements in a row']);
  });

  test('include a step of the name of the end that does not end', () => {
    expect(faultsOf({ main: says('Bye.'), hangup: says('Not yet.', 'main') })[0]).toMatch(
      /^steps\.hangup must be/,
    );
  });

  test('include a question without keys, and audio that is no audio', () => {
    expect(faultsOf({ main: asks('Well?', {}) })).toEqual(['steps.main.choices must name at least one key']);
    const plays: Step = { kind: 'announce', announcement: { play: 'ftp://x/y.txt' }, next: 'hangup' };
    expect(faultsOf({ main: plays })[0]).toMatch(/^steps\.main\.play is not the address of an audio file/);
  });

  test('do not call a step unreachable that only an unreadable one may reach', () => {
    expect(faultsOf({ main: asks('1?', { '1': 'odd' }), odd: undefined, after: says('After.') })).toEqual([]);
  });
});
