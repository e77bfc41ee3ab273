import type { Expression } from './ast.ts';
import { createEvaluator } from './evaluate/dispatch.ts';
import type { Evaluator } from './evaluate/evaluator.ts';
import { compareLabels, mergeColumns, withoutDroppedNames } from './evaluate/finish.ts';
import { matrixOf } from './evaluate/matrix.ts';
import { scopeOf, type Scope } from './evaluate/scope.ts';
import { functionOf, typeOf, withoutParentheses } from './evaluate/type-of.ts';
import type { Answer, Column, EvaluationContext, Steps } from './evaluation.ts';
import { QueryError } from './query-error.ts';

/**
 * Evaluates a question as Prometheus 3 does. Ends with a QueryError where the question cannot be answered, with the signal's reason
 * when that is aborted, and with whatever the queryable throws.
 */
export async function evaluate(expression: Expression, steps: Steps, context: EvaluationContext): Promise<Answer> {
  // What still reads when one part has failed is stopped.
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  try {
    signal.throwIfAborted();
    const evaluator = createEvaluator(steps, { ...context, signal });
    const answer = await answerOf(evaluator, expression, scopeOf(steps));
    const { notes, meter } = evaluator;
    return { ...answer, warnings: [...notes.warnings], infos: [...notes.infos], samples: meter.samples(), peakSamples: meter.peak() };
  } catch (error) {
    over.abort(error);
    context.signal.throwIfAborted();
    throw error;
  }
}

/** What distinguishes the answers from each other. */
type Result = Answer extends infer Each
  ? Each extends Answer
    ? Omit<Each, 'warnings' | 'infos' | 'samples' | 'peakSamples'>
    : never
  : never;

async function answerOf(evaluator: Evaluator, expression: Expression, scope: Scope): Promise<Result> {
  const type = typeOf(expression);
  if (type === 'scalar') return { type, values: await evaluator.scalar(expression, scope) };
  if (type === 'vector') return await vectorOf(evaluator, expression, scope);
  if (evaluator.question.step !== 0) throw notOverSteps(type, expression);
  if (type === 'matrix') return { type, series: await matrixOf(evaluator, expression, scope) };
  const text = withoutParentheses(expression);
  if (text.kind !== 'string') throw new TypeError(`a ${text.kind} is no string`);
  return { type, value: text.value };
}

async function vectorOf(evaluator: Evaluator, expression: Expression, scope: Scope): Promise<Result> {
  const columns: Column[] = withoutDroppedNames(await evaluator.collect(expression, scope), mergeColumns);
  const isOverSteps = evaluator.question.step !== 0;
  if (isOverSteps) columns.sort((a, b) => compareLabels(a.labels, b.labels));
  return { type: 'vector', columns, ordered: !isOverSteps && isOrdered(expression) };
}

function isOrdered(expression: Expression): boolean {
  const outermost = withoutParentheses(expression);
  if (outermost.kind === 'aggregate') return outermost.op === 'topk' || outermost.op === 'bottomk';
  if (outermost.kind !== 'call') return false;
  const called = functionOf(outermost.name);
  return called.kind === 'whole' && called.ordered === true;
}

function notOverSteps(type: 'matrix' | 'string', { at }: Expression): QueryError {
  const told = type === 'matrix' ? 'range vector' : type;
  return new QueryError('bad_data', `invalid expression type "${told}" for range query, must be Scalar or instant Vector`, at);
}
