import { defineConfig } from 'vitest/config';
import { closingLines } from './closing-lines.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['agent/**/*.test.ts', 'collector/**/*.test.ts', 'dashboards/**/*.test.ts', 'deploy/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', closingLines()],
  },
});
