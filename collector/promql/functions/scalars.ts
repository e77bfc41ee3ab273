import type { Column } from '../evaluation.ts';
import { columnsOf, scalarOf } from './arguments.ts';
import type { Argument, CallContext, WholeFunction } from './function.ts';
import { greaterOf, lesserOf } from './go-extremes.ts';
import { stepSeconds } from './step-times.ts';

const signature = { kind: 'whole', args: [], optional: 0, returns: 'scalar' } as const;

/** Functions between scalars and vectors, and those that give what the question itself says. */
export const scalars: readonly WholeFunction[] = [
  { ...signature, name: 'scalar', args: ['vector'], of: (args, context) => onlyValues(columnsOf(args, 0), context) },
  { ...signature, name: 'vector', args: ['scalar'], returns: 'vector', of: (args) => [withoutLabels(scalarOf(args, 0))] },
  { ...signature, name: 'pi', of: (_args, context) => constant(Math.PI, context) },
  { ...signature, name: 'min_of', args: ['scalar', 'scalar'], experimental: true, of: (args) => ofBoth(args, lesserOf) },
  { ...signature, name: 'max_of', args: ['scalar', 'scalar'], experimental: true, of: (args) => ofBoth(args, greaterOf) },
  { ...signature, name: 'time', of: (_args, { steps }) => stepSeconds(steps) },
  { ...signature, name: 'start', experimental: true, of: (_args, context) => constant(context.steps.start / 1000, context) },
  { ...signature, name: 'end', experimental: true, of: (_args, context) => constant(context.steps.end / 1000, context) },
  { ...signature, name: 'step', experimental: true, of: (_args, context) => constant(context.steps.step / 1000, context) },
  {
    ...signature,
    name: 'range',
    experimental: true,
    of: (_args, context) => constant((context.steps.end - context.steps.start) / 1000, context),
  },
];

function ofBoth(args: readonly Argument[], of: (a: number, b: number) => number): Float64Array {
  const others = scalarOf(args, 1);
  return scalarOf(args, 0).map((value, at) => of(value, others[at] as number));
}

function constant(value: number, { steps }: CallContext): Float64Array {
  return stepSeconds(steps).fill(value);
}

function withoutLabels(values: Float64Array): Column {
  return { labels: [], values, present: new Uint8Array(values.length).fill(1), dropsName: false };
}

// NaN where there is not exactly one.
function onlyValues(columns: readonly Column[], { steps }: CallContext): Float64Array {
  return stepSeconds(steps).map((_, at) => {
    let only = NaN;
    let found = false;
    for (const { values, present } of columns) {
      if (present[at] !== 1) continue;
      if (found) return NaN;
      found = true;
      only = values[at] as number;
    }
    return only;
  });
}
