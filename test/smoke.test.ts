import { expect, test } from 'vitest';

test('runs on the Lambda major', () => {
  expect(process.versions.node.split('.')[0]).toBe('24');
});
