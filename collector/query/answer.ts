import type { Queryable } from '../promql/queryable.ts';
import { print } from '../promql/print.ts';
import { answerInstant, answerRange } from './evaluate-question.ts';
import { answerLabels, answerLabelValues, answerSeries } from './label-questions.ts';
import { success } from './pieces.ts';
import type { Pieces } from './pieces.ts';
import type { Parameters } from './parameters.ts';
import type { Question, QuestionLimits, Route } from './question.ts';
import { readExpression } from './read-expression.ts';

/** A question with all that it takes to answer it. */
export interface Asked {
  readonly question: Question;
  readonly parameters: Parameters;
  readonly queryable: Queryable;
  readonly limits: QuestionLimits;
  readonly signal: AbortSignal;
  /** Milliseconds that it has waited. */
  readonly waited: number;
}

const answers: Readonly<Record<Route, (asked: Asked) => Promise<Pieces>>> = {
  query: answerInstant,
  query_range: answerRange,
  series: answerSeries,
  labels: answerLabels,
  label_values: answerLabelValues,
  format_query: async ({ parameters }) => success([JSON.stringify(print(readExpression(parameters.text('query'))))]),
};

/**
 * Answers a question with the text of a body in Prometheus's shape; what costs time is done when this resolves.
 *
 * @throws QueryError where it cannot be answered; the signal's reason where it aborts.
 */
export function answer(asked: Asked): Promise<Pieces> {
  return answers[asked.question.route](asked);
}
