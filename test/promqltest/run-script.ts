import { messageOf } from '../../agent/contract/errors.ts';
import type { Expression } from '../../collector/promql/ast.ts';
import { evaluate } from '../../collector/promql/evaluate.ts';
import type { Answer, Steps } from '../../collector/promql/evaluation.ts';
import { parse } from '../../collector/promql/parse.ts';
import { QueryError } from '../../collector/promql/query-error.ts';
import { fixedAt } from './fixed-time.ts';
import { judgeAnswer, judgeMessages } from './judge.ts';
import type { Fault } from './judge.ts';
import { createMemoryQueryable } from './memory-queryable.ts';
import type { MemoryQueryable } from './memory-queryable.ts';
import { createNativeSeries } from './native-needs.ts';
import { readScript } from './script.ts';
import type { Eval, Load } from './script.ts';

/** A question that was answered otherwise than the script says; `way` tells how it was asked. */
export interface Failure extends Fault {
  readonly line: number;
  readonly text: string;
  readonly way: string;
}

/** What came of a script. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Lines of questions that need native histograms. */
  readonly skipped: readonly number[];
}

const limits = { samples: 1_000_000, lookback: 300_000, subqueryStep: 60_000 };
const MINUTE = 60_000;

/** Runs a script of Prometheus's test language against parser and evaluator; throws where it cannot be read. */
export async function runScript(script: string): Promise<Outcome> {
  const samples = createMemoryQueryable();
  const native = createNativeSeries();
  const failures: Failure[] = [];
  const skipped: number[] = [];
  let passed = 0;
  for (const command of readScript(script)) {
    if (command.kind === 'clear') {
      samples.clear();
      native.clear();
    } else if (command.kind === 'load') {
      load(command, samples);
      native.add(command);
    } else {
      const expression = attempt(() => parse(command.text, { experimental: true }));
      const isSkipped = await native.isNeededBy(command, expression instanceof Error ? undefined : expression);
      if (isSkipped) {
        skipped.push(command.line);
        continue;
      }
      const failure = await judge(command, expression, samples);
      if (failure === undefined) passed++;
      else failures.push({ line: command.line, text: command.text, ...failure });
    }
  }
  return { passed, failures, skipped };
}

function load({ series, step }: Load, into: MemoryQueryable): void {
  for (const { labels, points } of series) {
    into.add(
      labels,
      points.flatMap((value, at) => (value === undefined ? [] : [{ time: at * step, value }])),
    );
  }
}

type Found = Fault & { readonly way: string };

async function judge(asked: Eval, expression: Expression | Error, queryable: MemoryQueryable): Promise<Found | undefined> {
  if (expression instanceof Error) return judgeError(expression, asked, 'as written');
  const ask = (variant: Expression, steps: Steps): Promise<Answer | Error> =>
    attemptAsync(() => evaluate(variant, steps, { text: asked.text, queryable, limits, signal: AbortSignal.timeout(30_000) }));
  if (asked.step > 0) return judgeRange(asked, await ask(expression, asked));
  const time = asked.expected.matrix?.end ?? asked.start;
  const found = await judgeAt(asked, expression, time, ask, 'as written');
  if (found !== undefined) return found;
  // Looked up at a fixed time, the answer must be the same at any.
  const fixed = fixedAt(expression, time);
  if (fixed === undefined) return undefined;
  for (const at of time === 0 ? [-1000, 0, 1000] : [-10 * time, 0, Math.trunc(time / 5), time, 10 * time]) {
    const otherwise = await judgeAt(asked, fixed, at, ask, `@ ${time / 1000}, asked at ${at / 1000}`);
    if (otherwise !== undefined) return otherwise;
  }
  return undefined;
}

type Ask = (variant: Expression, steps: Steps) => Promise<Answer | Error>;

function judgeRange(asked: Eval, answer: Answer | Error): Found | undefined {
  if (answer instanceof Error || asked.expected.fail !== undefined) return judgeError(answer, asked, 'as written');
  const count = Math.floor((asked.end - asked.start) / asked.step) + 1;
  const times = Array.from({ length: count }, (_, at) => asked.start + at * asked.step);
  const fault = judgeMessages(answer, asked.expected) ?? judgeAnswer(answer, asked.expected, times);
  return fault && { ...fault, way: 'as written' };
}

async function judgeAt(asked: Eval, variant: Expression, time: number, ask: Ask, way: string): Promise<Found | undefined> {
  const { expected } = asked;
  const answer = await ask(variant, { start: time, end: time, step: 0 });
  if (answer instanceof Error || expected.fail !== undefined) return judgeError(answer, asked, way);
  const fault = judgeMessages(answer, expected) ?? judgeAnswer(answer, expected, [time]);
  if (fault !== undefined) return { ...fault, way };
  // Asked for at several steps, the middle one must be answered the same; but `start()` and their like mean others then.
  const isInstantOnly = expected.isOrdered || expected.string !== undefined || expected.matrix !== undefined;
  if (isInstantOnly || /(?:start|end|range|step)\(\)/.test(asked.text)) return undefined;
  const several = await ask(variant, { start: time - MINUTE, end: time + MINUTE, step: MINUTE });
  const ofSeveral = `${way}, in a range`;
  if (several instanceof Error) return { wanted: 'an answer', got: several.message, way: ofSeveral };
  const otherwise = judgeAnswer(middleOf(several), expected, [time]);
  return otherwise && { ...otherwise, way: ofSeveral };
}

function middleOf(answer: Answer): Answer {
  if (answer.type === 'scalar') return { ...answer, values: answer.values.slice(1, 2) };
  if (answer.type !== 'vector') return answer;
  const columns = answer.columns.map((column) => ({
    ...column,
    values: column.values.slice(1, 2),
    present: column.present.slice(1, 2),
  }));
  return { ...answer, columns };
}

function judgeError(answer: Answer | Error, { expected: { fail } }: Eval, way: string): Found | undefined {
  if (!(answer instanceof Error)) return { wanted: `an error: ${fail?.text}`, got: `a ${answer.type}`, way };
  // Whatever is none of the question's is ours.
  const isMeant = answer instanceof QueryError && fail?.fits(answer.message);
  return isMeant
    ? undefined
    : { wanted: fail === undefined ? 'an answer' : `an error: ${fail.text}`, got: `${answer.name}: ${answer.message}`, way };
}

function attempt<T>(of: () => T): T | Error {
  try {
    return of();
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

async function attemptAsync<T>(of: () => Promise<T>): Promise<T | Error> {
  try {
    return await of();
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}
