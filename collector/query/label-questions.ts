import type { SeriesQuestion } from '../promql/queryable.ts';
import { QueryError } from '../promql/query-error.ts';
import { labelsText } from './answer-text.ts';
import type { Asked } from './answer.ts';
import { TRUNCATED } from './limited.ts';
import { LATEST_MS } from './parameters.ts';
import { listed, success } from './pieces.ts';
import type { Piece, Pieces } from './pieces.ts';
import { readMatchers } from './read-expression.ts';

/** `series`: the labels of every series that matches. */
export async function answerSeries({ parameters, queryable, signal }: Asked): Promise<Pieces> {
  if (parameters.all('match[]').length === 0) throw new QueryError('bad_data', 'no match[] parameter provided');
  const limit = parameters.limit();
  const found = await queryable.series(questionOf(parameters, limit), signal);
  return list(found, limit, (labels) => labelsText(labels));
}

/** `labels`: the names of labels. */
export async function answerLabels({ parameters, queryable, signal }: Asked): Promise<Pieces> {
  const limit = parameters.limit();
  const found = await queryable.labelNames(questionOf(parameters, limit), signal);
  return list(found, limit, (name) => JSON.stringify(name));
}

/** `label_values`: the values of a label. */
export async function answerLabelValues({ question, parameters, queryable, signal }: Asked): Promise<Pieces> {
  const limit = parameters.limit();
  const found = await queryable.labelValues(question.label, questionOf(parameters, limit), signal);
  return list(found, limit, (value) => JSON.stringify(value));
}

// One more than is told, which shows that there are more.
function questionOf(parameters: Asked['parameters'], limit: number): SeriesQuestion {
  const from = parameters.timeOr('start', -LATEST_MS);
  const to = parameters.timeOr('end', LATEST_MS);
  const anyOf = parameters.all('match[]').map(readMatchers);
  return { anyOf, from, to, limit: limit === 0 ? 0 : limit + 1 };
}

function list<Element>(found: readonly Element[], limit: number, write: (element: Element) => string): Pieces {
  const isMore = limit > 0 && found.length > limit;
  return success(bracketed(listed(isMore ? found.slice(0, limit) : found, write)), { warnings: isMore ? [TRUNCATED] : [] });
}

function* bracketed(elements: Pieces): Generator<Piece> {
  yield '[';
  yield* elements;
  yield ']';
}
