import type { Column } from '../evaluation.ts';
import type { Argument } from './function.ts';

// The parser has checked what stands where.

/** The vector at that place. */
export function columnsOf(args: readonly Argument[], at: number): readonly Column[] {
  const argument = args[at];
  if (argument?.type !== 'vector') throw new TypeError(`argument ${at} is no vector`);
  return argument.columns;
}

/** The scalar at that place: one value a step. */
export function scalarOf(args: readonly Argument[], at: number): Float64Array {
  const argument = args[at];
  if (argument?.type !== 'scalar') throw new TypeError(`argument ${at} is no scalar`);
  return argument.values;
}

/** The text at that place. */
export function textOf(args: readonly Argument[], at: number): string {
  const argument = args[at];
  if (argument?.type !== 'string') throw new TypeError(`argument ${at} is no text`);
  return argument.value;
}
