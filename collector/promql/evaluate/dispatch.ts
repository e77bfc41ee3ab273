import type { Expression } from '../ast.ts';
import type { Column, EvaluationContext, Steps } from '../evaluation.ts';
import { streamAggregate } from './aggregate.ts';
import { streamBinary } from './binary.ts';
import { callForScalar, streamCall } from './call.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { streamExpanded } from './expand.ts';
import { createGate } from './gate.ts';
import { isInvariant } from './invariant.ts';
import { createMeter } from './meter.ts';
import { createNotes } from './notes.ts';
import { createPace } from './pace.ts';
import { firstOf, type Scope } from './scope.ts';
import { streamSelector } from './selector.ts';
import { combineScalars } from './with-scalar.ts';

/** Selectors of one evaluation that read at the same time. */
const READERS = 4;

/** The evaluator of one question: it passes each kind of expression to its part. */
export function createEvaluator(question: Steps, { text, queryable, limits, signal }: EvaluationContext): Evaluator {
  const meter = createMeter(limits.samples);
  const evaluator: Evaluator = {
    question,
    text,
    queryable,
    limits,
    signal,
    meter,
    notes: createNotes(text),
    pace: createPace(signal),
    gate: createGate(READERS),
    stream: async (expression, scope, sink) => {
      if (scope.count > 1 && isInvariant(expression)) await streamExpanded(evaluator, expression, scope, sink);
      else await stream(evaluator, expression, scope, sink);
    },
    async collect(expression, scope) {
      const columns: Column[] = [];
      await evaluator.stream(expression, scope, (column) => {
        meter.hold(scope.count);
        columns.push(column);
        return true;
      });
      return columns;
    },
    drop(columns) {
      for (const { values } of columns) meter.release(values.length);
    },
    scalar: async (expression, scope) => {
      if (scope.count > 1 && isInvariant(expression)) {
        const [value] = await scalar(evaluator, expression, firstOf(scope));
        return new Float64Array(scope.count).fill(value as number);
      }
      return await scalar(evaluator, expression, scope);
    },
  };
  return evaluator;
}

async function stream(evaluator: Evaluator, expression: Expression, scope: Scope, sink: Sink): Promise<void> {
  evaluator.signal.throwIfAborted();
  switch (expression.kind) {
    case 'selector':
      return await streamSelector(evaluator, expression, scope, sink);
    case 'parentheses':
      return await evaluator.stream(expression.of, scope, sink);
    case 'unary':
      return await evaluator.stream(expression.of, scope, expression.op === '+' ? sink : negating(sink));
    case 'binary':
      return await streamBinary(evaluator, expression, scope, sink);
    case 'aggregate':
      return await streamAggregate(evaluator, expression, scope, sink);
    case 'call':
      return await streamCall(evaluator, expression, scope, sink);
    case 'number':
    case 'string':
    case 'subquery':
      throw new TypeError(`a ${expression.kind} is no vector`);
  }
}

function negating(sink: Sink): Sink {
  return (column) => {
    for (let step = 0; step < column.values.length; step++) column.values[step] = -(column.values[step] as number);
    return sink({ ...column, dropsName: true });
  };
}

async function scalar(evaluator: Evaluator, expression: Expression, scope: Scope): Promise<Float64Array> {
  switch (expression.kind) {
    case 'number':
      return new Float64Array(scope.count).fill(expression.value);
    case 'parentheses':
      return await evaluator.scalar(expression.of, scope);
    case 'unary': {
      const values = await evaluator.scalar(expression.of, scope);
      return expression.op === '+' ? values : values.map((value) => -value);
    }
    case 'binary': {
      const left = await evaluator.scalar(expression.left, scope);
      return combineScalars(expression.op, left, await evaluator.scalar(expression.right, scope));
    }
    case 'call':
      return await callForScalar(evaluator, expression, scope);
    case 'string':
    case 'selector':
    case 'subquery':
    case 'aggregate':
    default:
      throw new TypeError(`a ${expression.kind} is no scalar`);
  }
}
