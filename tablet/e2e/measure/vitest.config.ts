// What is measured and never asserted: `npm run measure`, by hand (docs/benchmarks.md).
import { defineConfig } from 'vitest/config';
import browsers from '../vitest.config.ts';

export default defineConfig({
  ...browsers,
  test: {
    ...browsers.test,
    include: ['e2e/measure/*.measure.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
