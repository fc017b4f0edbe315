import { describe, expect, test } from 'vitest';
import type { ParsedWebhook } from '../../../../../../functions/shared/adapters/eight-by-eight/webhooks/webhook-schema.ts';
import { fixtureNames, readFixture, withNumbersRevealed } from './fixtures.ts';

interface WebhookContract {
  /** Folder of the bodies below `fixtures/`; those that must be refused lie in its `refused` folder. */
  readonly webhook: string;
  readonly parse: (body: unknown) => ParsedWebhook<unknown>;
  /** The whole event for each accepted body, with numbers as texts; what is left out must be undefined. */
  readonly accepted: Readonly<Record<string, object>>;
  /** Every path that a refused body must name. */
  readonly refused: Readonly<Record<string, readonly string[]>>;
}

/** Runs every recorded body of a webhook through its parser; a body without an expectation fails the suite. */
export function describeWebhookContract({ webhook, parse, accepted, refused }: WebhookContract): void {
  describe(`${webhook} bodies`, () => {
    test('every recorded body has its expectation', () => {
      expect(fixtureNames(webhook).toSorted()).toEqual(Object.keys(accepted).toSorted());
      expect(fixtureNames(`${webhook}/refused`).toSorted()).toEqual(Object.keys(refused).toSorted());
    });

    test.each(Object.entries(accepted))('reads %s', (name, event) => {
      const parsed = parse(readFixture(webhook, name));

      expect(withNumbersRevealed(parsed)).toEqual({ ok: true, event });
    });

    test.each(Object.entries(refused))('refuses %s and names what is wrong', (name, paths) => {
      const parsed = parse(readFixture(`${webhook}/refused`, name));

      expect(parsed.ok ? 'accepted' : parsed.issues.map((issue) => issue.path)).toEqual(paths);
    });
  });
}
