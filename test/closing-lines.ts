import type { Reporter, TestModule, TestSuite } from 'vitest/node';
import { lackOf } from './services/lack.ts';

/**
 * Ends a test run with what was skipped for want of a real server, and with the line `N passed, N failed, N skipped`. A
 * file or group that broke outside of its tests counts as one failure.
 */
export function closingLines(print: (line: string) => void = console.log): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      for (const line of skippedFor(modules)) print(line);
      print(totals(modules, unhandledErrors.length));
    },
  };
}

function totals(modules: readonly TestModule[], unhandled: number): string {
  let [passed, failed, skipped] = [0, unhandled, 0];
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed++;
      else if (state === 'failed') failed++;
      else skipped++;
    }
    for (const group of [module, ...module.children.allSuites()]) if (group.errors().length > 0) failed++;
  }
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function* skippedFor(modules: readonly TestModule[]): Generator<string> {
  const groups = modules.flatMap((module) => [...module.children.allSuites()].filter((group) => lackOf(group.name) !== undefined));
  if (groups.length === 0) return;
  yield 'Skipped, because they run against real servers that this machine does not have:';
  for (const [lack, lacking] of groupBy(groups, (group) => lackOf(group.name) ?? '')) {
    const tests = lacking.reduce((sum, group) => sum + [...group.children.allTests()].length, 0);
    const files = new Set(lacking.map((group) => group.module.relativeModuleId));
    yield `  ${tests} ${tests === 1 ? 'test' : 'tests'} for ${lack}, in ${[...files].sort().join(', ')}`;
  }
}

function groupBy(groups: readonly TestSuite[], keyOf: (group: TestSuite) => string): Map<string, TestSuite[]> {
  const grouped = new Map<string, TestSuite[]>();
  for (const group of groups) grouped.set(keyOf(group), [...(grouped.get(keyOf(group)) ?? []), group]);
  return grouped;
}
