import type { Answer } from '../promql/evaluation.ts';

/** What is said where a limit left something out (web/api/v1/api.go). */
export const TRUNCATED = 'results truncated due to limit';

/** An answer with no more series than this (0: all of them), and its warnings with one where that left some out. */
export function limited(answer: Answer, limit: number): { readonly answer: Answer; readonly warnings: readonly string[] } {
  const all = { answer, warnings: answer.warnings };
  if (limit === 0) return all;
  const warnings = [...answer.warnings, TRUNCATED];
  if (answer.type === 'vector' && answer.columns.length > limit) {
    return { answer: { ...answer, columns: answer.columns.slice(0, limit) }, warnings };
  }
  if (answer.type === 'matrix' && answer.series.length > limit) {
    return { answer: { ...answer, series: answer.series.slice(0, limit) }, warnings };
  }
  return all;
}
