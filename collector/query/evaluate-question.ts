import { evaluate } from '../promql/evaluate.ts';
import type { Answer, Steps } from '../promql/evaluation.ts';
import { QueryError } from '../promql/query-error.ts';
import type { Asked } from './answer.ts';
import { instantText, rangeText } from './answer-text.ts';
import { limited } from './limited.ts';
import { refuse } from './parameters.ts';
import { success } from './pieces.ts';
import type { Piece, Pieces } from './pieces.ts';
import { readExpression } from './read-expression.ts';

/** Step of subqueries that say none: Prometheus takes its evaluation interval, whose default this is. */
const SUBQUERY_STEP_MS = 60_000;

/** `query`: an expression at one time. */
export async function answerInstant(asked: Asked): Promise<Pieces> {
  const limit = asked.parameters.limit();
  const time = asked.parameters.timeOr('time', asked.question.now);
  return evaluated(asked, { start: time, end: time, step: 0 }, limit);
}

/** `query_range`: an expression at every step. */
export async function answerRange(asked: Asked): Promise<Pieces> {
  const { parameters, limits } = asked;
  const limit = parameters.limit();
  const start = parameters.time('start');
  const end = parameters.time('end');
  if (end < start) refuse('end', 'end timestamp must not be before start time');
  const step = Math.trunc(parameters.duration('step') ?? refuse('step', 'cannot parse "" to a valid duration'));
  if (step <= 0) refuse('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if ((end - start) / step > limits.points) {
    const most = limits.points.toLocaleString('en');
    const problem = `exceeded maximum resolution of ${most} points per timeseries. Try decreasing the query resolution (?step=XX)`;
    throw new QueryError('bad_data', problem);
  }
  return evaluated(asked, { start, end, step }, limit);
}

async function evaluated({ parameters, queryable, limits, signal, waited }: Asked, steps: Steps, limit: number): Promise<Pieces> {
  const began = performance.now();
  const text = parameters.text('query');
  const expression = readExpression(text);
  const lookback = parameters.duration('lookback_delta') ?? 0;
  const prepared = performance.now();
  const context = {
    text,
    queryable,
    limits: { samples: limits.samples, lookback: lookback > 0 ? lookback : limits.lookback, subqueryStep: SUBQUERY_STEP_MS },
    signal,
  };
  const full = await evaluate(expression, steps, context).catch((error: unknown) => {
    if (error instanceof QueryError && error.type === 'bad_data') refuse('query', error.message);
    throw error;
  });
  const done = performance.now();
  const { answer, warnings } = limited(full, limit);
  const stats =
    parameters.text('stats') === ''
      ? ''
      : `,"stats":${statsText(answer, { waited, prepared: prepared - began, evaluated: done - prepared })}`;
  const data = steps.step === 0 ? instantText(answer, steps.start) : rangeText(answer, steps);
  return success(closed(data, `${stats}}`), { warnings, infos: answer.infos });
}

function* closed(data: Pieces, end: string): Generator<Piece> {
  yield* data;
  yield end;
}

interface Timings {
  /** Milliseconds. */
  readonly waited: number;
  readonly prepared: number;
  readonly evaluated: number;
}

// Seconds and counts, under the names of Prometheus (util/stats/query_stats.go).
function statsText({ samples, peakSamples }: Answer, { waited, prepared, evaluated }: Timings): string {
  const timings = {
    evalTotalTime: (prepared + evaluated) / 1000,
    resultSortTime: 0,
    queryPreparationTime: prepared / 1000,
    innerEvalTime: evaluated / 1000,
    execQueueTime: waited / 1000,
    execTotalTime: (waited + prepared + evaluated) / 1000,
  };
  return JSON.stringify({ timings, samples: { totalQueryableSamples: samples, peakSamples } });
}
