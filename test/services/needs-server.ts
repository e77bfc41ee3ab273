// oxlint-disable vitest/no-conditional-tests, vitest/no-disabled-tests, vitest/valid-describe-callback, vitest/valid-title -- it declares groups for the test files that call it
import { describe, expect, it } from 'vitest';
import { inWords, markLack } from './lack.ts';
import { findProgram } from './programs.ts';
import type { Program } from './programs.ts';

/** Declares a group of tests, like `describe`. */
export type Declare = (name: string, tests: () => void) => void;

/**
 * A `describe` for tests that need real programs: they run where all are installed, are skipped under a name that says
 * what is missing where not, and fail where one is missing and `CI` is set.
 */
export function needsServer(...programs: readonly [Program, ...Program[]]): Declare {
  const missing = missingOf(programs);
  return needs(missing.length === 0 ? undefined : inWords(missing));
}

/** Those programs that this machine does not have. */
export function missingOf(programs: readonly Program[]): readonly Program[] {
  return programs.filter((program) => findProgram(program) === undefined);
}

/** A `describe` for tests that run unless something lacks; what it is, in words, tells their name, or their failure where `CI` is set. */
export function needs(lack: string | undefined): Declare {
  if (lack === undefined) return (name, tests) => void describe(name, tests);
  if (process.env['CI'] === undefined) return (name, tests) => void describe.skip(markLack(name, lack), tests);
  return (name) =>
    void describe(name, () => {
      it('has what it needs', () => expect.fail(`not here: ${lack}`));
    });
}
