import type { Result } from './bench-row.ts';
import { markOf } from './budgets.ts';
import type { Budget, Mark } from './budgets.ts';
import { shown } from './numbers.ts';

/** A result held against its budget. */
export interface Judged extends Result {
  readonly must: number;
  readonly reach: number;
  readonly unit: string;
  readonly mark: Mark;
}

/** Holds a result against its budget; throws where there is none of its name. */
export function judged(result: Result, budgets: ReadonlyMap<string, Budget>): Judged {
  const budget = budgets.get(result.budget);
  if (budget === undefined) throw new Error(`budgets.json has no ${result.budget}`);
  return { ...result, must: budget.must, reach: budget.reach, unit: budget.unit, mark: markOf(result.value, budget) };
}

/** The table as text. */
export function tableText(results: readonly Judged[], budgets: ReadonlyMap<string, Budget>): string {
  const rows = results.map(({ what, ours, peer, value, must, reach, unit, mark, budget }) => {
    const sign = budgets.get(budget)?.more === true ? '≥' : '≤';
    return [what, ours, peer, `${shown(value)}${unit}`, `${sign} ${shown(must)}`, `${sign} ${shown(reach)}`, mark];
  });
  const all = [['what', 'ours', 'peer', 'result', 'must', 'reach', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
