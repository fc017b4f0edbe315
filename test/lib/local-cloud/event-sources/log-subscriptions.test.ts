import { expect, test } from 'vitest';
import { compileLogFilter } from '../../../../lib/local-cloud/event-sources/log-subscriptions.ts';

test.each<[string, string, boolean]>([
  ['{ $.code = "CALL_DECIDED" }', '{"code":"CALL_DECIDED"}', true],
  ['{$.code="CALL_DECIDED"}', '{"level":"INFO","code":"CALL_DECIDED"}', true],
  ['{ $.code = "CALL_DECIDED" }', '{"code":"OTHER","text":"CALL_DECIDED"}', false],
  ['{ $.code = "CALL_DECIDED" }', 'CALL_DECIDED in plain words', false],
  ['{ $.call.outcome = "answered" }', '{"call":{"outcome":"answered"}}', true],
  ['', 'anything', true],
])('the filter %s lets %s pass: %s', (pattern, message, expected) => {
  expect(compileLogFilter(pattern)(message)).toBe(expected);
});

test.each(['ERROR', '{ $.status = 500 }', '{ $.a = "1" && $.b = "2" }', '[ip, user]'])(
  'the filter %s is refused, with what would be served',
  (pattern) => {
    expect(() => compileLogFilter(pattern)).toThrow(`The log filter ${pattern} is not served`);
  },
);
