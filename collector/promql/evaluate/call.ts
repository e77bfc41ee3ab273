import type { Call, Expression } from '../ast.ts';
import type { Argument, CallContext, ValueFunction, WholeFunction } from '../functions/function.ts';
import { streamAbsent } from './absent.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { streamRangeCall } from './range-call.ts';
import type { Scope } from './scope.ts';
import { streamSelector } from './selector.ts';
import { functionOf, typeOf, withoutParentheses } from './type-of.ts';

/** A function that gives a vector. */
export async function streamCall(evaluator: Evaluator, call: Call, scope: Scope, sink: Sink): Promise<void> {
  const called = functionOf(call.name);
  switch (called.kind) {
    case 'range':
      return await streamRangeCall(evaluator, call, called, scope, contextOf(evaluator, call, scope), sink);
    case 'value':
      return await streamValues(evaluator, call, called, scope, sink);
    case 'whole':
      return await streamWhole(evaluator, call, called, scope, sink);
    case 'special':
      if (call.name === 'timestamp') return await streamTimestamps(evaluator, call, scope, sink);
      return await streamAbsent(evaluator, call, scope, contextOf(evaluator, call, scope), sink);
  }
}

/** A function that gives a scalar: its values at the steps. */
export async function callForScalar(evaluator: Evaluator, call: Call, scope: Scope): Promise<Float64Array> {
  const called = functionOf(call.name);
  if (called.kind !== 'whole') throw new TypeError(`${call.name} gives no scalar`);
  const args = await argumentsOf(evaluator, call, scope);
  const answer = called.of(args, contextOf(evaluator, call, scope));
  dropArguments(evaluator, args);
  if (answer instanceof Float64Array) return answer;
  throw new TypeError(`${call.name} gave a vector`);
}

function contextOf({ notes }: Evaluator, call: Call, { steps }: Scope): CallContext {
  return { steps, annotations: notes, at: call.at, argsAt: call.args.map((arg) => withoutParentheses(arg).at) };
}

async function streamValues(evaluator: Evaluator, call: Call, called: ValueFunction, scope: Scope, sink: Sink): Promise<void> {
  const [vector, ...rest] = call.args as [Expression, ...Expression[]];
  const others: Float64Array[] = [];
  for (const arg of rest) others.push(await evaluator.scalar(arg, scope));
  const args: number[] = others.map(() => Number.NaN);
  const { start, step: between } = scope.steps;
  await evaluator.stream(vector, scope, (column) => {
    const { values, present } = column;
    for (let step = 0; step < scope.count; step++) {
      if (present[step] === 0) continue;
      for (let at = 0; at < args.length; at++) args[at] = (others[at] as Float64Array)[step] as number;
      values[step] = called.of(values[step] as number, args, start + step * between);
    }
    return sink({ ...column, dropsName: true });
  });
}

async function streamWhole(evaluator: Evaluator, call: Call, called: WholeFunction, scope: Scope, sink: Sink): Promise<void> {
  const args = await argumentsOf(evaluator, call, scope);
  const answer = called.of(args, contextOf(evaluator, call, scope));
  if (answer instanceof Float64Array) throw new TypeError(`${call.name} gave a scalar`);
  for (const column of answer) if (column.present.includes(1)) await sink(column);
  dropArguments(evaluator, args);
}

async function argumentsOf(evaluator: Evaluator, { args }: Call, scope: Scope): Promise<readonly Argument[]> {
  return await Promise.all(args.map((arg) => argumentOf(evaluator, arg, scope)));
}

async function argumentOf(evaluator: Evaluator, expression: Expression, scope: Scope): Promise<Argument> {
  const type = typeOf(expression);
  if (type === 'scalar') return { type, values: await evaluator.scalar(expression, scope) };
  if (type === 'vector') return { type, columns: await evaluator.collect(expression, scope) };
  const inner = withoutParentheses(expression);
  if (inner.kind !== 'string') throw new TypeError(`an argument of type ${type}`);
  return { type: 'string', value: inner.value };
}

function dropArguments(evaluator: Evaluator, args: readonly Argument[]): void {
  for (const arg of args) if (arg.type === 'vector') evaluator.drop(arg.columns);
}

/** The times of samples where a selector is asked, in seconds; of anything else the steps'. */
async function streamTimestamps(evaluator: Evaluator, call: Call, scope: Scope, sink: Sink): Promise<void> {
  const vector = withoutParentheses(call.args[0] as Expression);
  if (vector.kind === 'selector') return await streamSelector(evaluator, vector, scope, sink, 'time');
  const { start, step: between } = scope.steps;
  await evaluator.stream(vector, scope, (column) => {
    for (let step = 0; step < scope.count; step++) column.values[step] = (start + step * between) / 1000;
    return sink({ ...column, dropsName: true });
  });
}
