import type { ValueType } from '../ast.ts';
import type { Annotations, Column, Steps } from '../evaluation.ts';
import type { Labels } from '../labels.ts';
import type { Position } from '../position.ts';
import type { Buckets } from '../queryable.ts';

/** The samples of one series in a window: those from index `from` up to `to`, which is not included. At least one. */
export interface Window {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly buckets: Buckets | undefined;
  readonly from: number;
  readonly to: number;
  /** The window's bounds in milliseconds: after `start`, up to and with `end`. */
  readonly start: number;
  readonly end: number;
  /** The step's own time, from which `offset` and `@` lead away; `predict_linear` counts from it. */
  readonly time: number;
}

/** What a function is told of its call. */
export interface CallContext {
  readonly steps: Steps;
  readonly annotations: Annotations;
  /** Of the call, and of its arguments. */
  readonly at: Position;
  readonly argsAt: readonly Position[];
}

/** What every function declares; the parser checks calls against it. */
interface Declared {
  readonly name: string;
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out; -1: the last may come any number of times. */
  readonly optional: number;
  readonly returns: ValueType;
  /** Prometheus has it behind a feature flag: it is there for its own test scripts, and refused to whoever asks. */
  readonly experimental?: true;
}

/**
 * A function of a window: asked once a step and series. `args` are the other arguments' values at the step, in order. NaN is a
 * value; undefined is no answer. One object is used for all windows of a call.
 */
export interface RangeFunction extends Declared {
  readonly kind: 'range';
  readonly keepsName: boolean;
  of(window: Window, args: readonly number[], context: CallContext): number | undefined;
}

/** A function of one value of an instant vector. `time` is the step's, in milliseconds. */
export interface ValueFunction extends Declared {
  readonly kind: 'value';
  of(value: number, args: readonly number[], time: number): number;
}

/** An argument as it has been evaluated. */
export type Argument =
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly columns: readonly Column[] };

/** A function of whole arguments: sorting, labels, histograms, time, `scalar`, `vector`, `absent`. Scalars are answered as `Float64Array`. */
export interface WholeFunction extends Declared {
  readonly kind: 'whole';
  /** `ordered` where the order of an instant answer is meant. */
  readonly ordered?: true;
  of(args: readonly Argument[], context: CallContext): readonly Column[] | Float64Array;
}

/** A function that the evaluator answers itself, because it must see the expression or the samples' own times: `timestamp`, `absent_over_time`, `absent`. */
export interface SpecialFunction extends Declared {
  readonly kind: 'special';
}

/** Any function of PromQL. */
export type PromqlFunction = RangeFunction | ValueFunction | WholeFunction | SpecialFunction;
