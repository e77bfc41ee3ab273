import type { Column } from '../evaluation.ts';
import { columnsOf, scalarOf } from './arguments.ts';
import type { ValueFunction, WholeFunction } from './function.ts';
import { greaterOf, lesserOf } from './go-extremes.ts';

const signature = { args: ['vector', 'scalar'], optional: 0, returns: 'vector' } as const;

/** Functions that keep values within bounds. */
export const clamps: readonly (ValueFunction | WholeFunction)[] = [
  { ...signature, kind: 'value', name: 'clamp_min', of: (value, [min]) => greaterOf(min as number, lesserOf(Infinity, value)) },
  { ...signature, kind: 'value', name: 'clamp_max', of: (value, [max]) => greaterOf(-Infinity, lesserOf(max as number, value)) },
  {
    ...signature,
    kind: 'whole',
    name: 'clamp',
    args: ['vector', 'scalar', 'scalar'],
    of(args) {
      const [mins, maxs] = [scalarOf(args, 1), scalarOf(args, 2)];
      return columnsOf(args, 0).map((column) => clamped(column, mins, maxs));
    },
  },
];

// Where the bounds cross there is no answer.
function clamped({ labels, values, present }: Column, mins: Float64Array, maxs: Float64Array): Column {
  return {
    labels,
    dropsName: true,
    values: values.map((value, at) => greaterOf(mins[at] as number, lesserOf(maxs[at] as number, value))),
    present: present.map((isPresent, at) => ((maxs[at] as number) < (mins[at] as number) ? 0 : isPresent)),
  };
}
