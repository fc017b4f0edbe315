import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  explainRequestStatus,
  explainSessionError,
} from '../../../../functions/shared/domain/voice-error-codes.ts';

const sessionCodes = [-2001, -2002, -2003, -2004, -2005, -2006, -2007, -2008, -2009, -2010, -9999];
const requestCodes = [1, ...Array.from({ length: 20 }, (_, index) => -1001 - index), -9999];

describe.each([
  { what: 'session errors', explain: explainSessionError, codes: sessionCodes },
  { what: 'request statuses', explain: explainRequestStatus, codes: requestCodes },
])('the explanations of $what', ({ explain, codes }) => {
  test('cover every documented code, each in words of its own', () => {
    const meanings = codes.map((code) => explain(code).meaning);

    expect(new Set(meanings).size).toBe(codes.length);
    expect(meanings.filter((meaning) => meaning.includes('does not explain'))).toEqual([]);
  });

  test('are whole sentences, with something to do', () => {
    for (const code of codes) {
      const { meaning, advice } = explain(code);

      expect([meaning, advice]).toEqual([
        expect.stringMatching(/^[A-Z].+\.$/),
        expect.stringMatching(/^[A-Z].+\.$/),
      ]);
    }
  });

  test('say of an unknown code that it is unknown, and name it', () => {
    fc.assert(
      fc.property(
        fc.integer().filter((code) => !codes.includes(code)),
        (code) => {
          expect(explain(code)).toMatchObject({ code, meaning: expect.stringContaining(`code ${code},`) });
        },
      ),
    );
  });
});

test('a refused answer of ours is told apart from a number that cannot be reached', () => {
  expect(explainSessionError(-2003).meaning).toContain('instructions');
  expect(explainSessionError(-2004).meaning).toContain('area');
  expect(explainSessionError(-2008).meaning).toContain('may not be shown');
});
