import { seriesTest } from '../../stores/duckdb/series-test.ts';
import { parse } from '../../promql/parse.ts';
import { pointedAt } from '../pointed-at.ts';
import { UsageError } from '../usage-error.ts';

/** Whether a series is meant. */
export type SeriesChoice = (name: string, labelText: string) => boolean;

/** The series that any of these selectors (`node_load1{instance=~"dahu.*"}`) takes; of none, all. @throws UsageError that points at the fault. */
export function choiceOf(selectors: readonly string[]): SeriesChoice {
  if (selectors.length === 0) return () => true;
  const tests = selectors.map((selector) => {
    try {
      const expression = parse(selector);
      if (expression.kind !== 'selector') throw new Error('it is no selector of series');
      return seriesTest(expression.matchers);
    } catch (error) {
      throw new UsageError(
        `--match ${pointedAt(error instanceof Error ? error.message : String(error), selector)}; write it like 'node_load1{instance="dahu33"}'`,
      );
    }
  });
  return (name, labelText) => tests.some((test) => test.takesName(name) && test.takesLabels(labelText));
}
