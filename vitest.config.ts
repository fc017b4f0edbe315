import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    expect: { requireAssertions: true },
    clearMocks: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
