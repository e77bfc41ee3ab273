import type { Column } from '../evaluation.ts';
import type { Labels } from '../labels.ts';
import { labelValue } from '../labels.ts';
import { columnsOf, textOf } from './arguments.ts';
import type { Argument, CallContext, WholeFunction } from './function.ts';
import { compareNaturally } from './natural-order.ts';

const signature = { kind: 'whole', args: ['vector'], optional: 0, returns: 'vector', ordered: true } as const;
const byLabels = { ...signature, args: ['vector', 'string'], optional: -1, experimental: true } as const;

/** Functions that put the series of an instant answer into an order. */
export const sorting: readonly WholeFunction[] = [
  { ...signature, name: 'sort', of: sorted(() => compareValues(1)) },
  { ...signature, name: 'sort_desc', of: sorted(() => compareValues(-1)) },
  { ...byLabels, name: 'sort_by_label', of: sorted((args) => compareByLabels(namesOf(args), 1)) },
  { ...byLabels, name: 'sort_by_label_desc', of: sorted((args) => compareByLabels(namesOf(args), -1)) },
];

type Compare = (a: Column, b: Column) => number;

function sorted(order: (args: readonly Argument[]) => Compare): WholeFunction['of'] {
  return (args: readonly Argument[], { steps, annotations, at }: CallContext) => {
    const columns = columnsOf(args, 0);
    if (steps.start === steps.end) return columns.filter(({ present }) => present[0] === 1).sort(order(args));
    annotations.warn('sort is ineffective for range queries since results are always ordered by labels', at);
    return columns;
  };
}

// NaN comes last either way.
function compareValues(direction: number): Compare {
  return (a, b) => {
    const [left, right] = [a.values[0] as number, b.values[0] as number];
    if (isNaN(left) || isNaN(right)) return Number(isNaN(left)) - Number(isNaN(right));
    return left === right ? 0 : (left - right > 0 ? 1 : -1) * direction;
  };
}

function namesOf(args: readonly Argument[]): string[] {
  return args.slice(1).map((_, at) => textOf(args, at + 1));
}

function compareByLabels(names: readonly string[], direction: number): Compare {
  return (a, b) => {
    for (const name of names) {
      const order = compareNaturally(labelValue(a.labels, name), labelValue(b.labels, name));
      if (order !== 0) return order * direction;
    }
    return compareAll(a.labels, b.labels) * direction;
  };
}

function compareAll(a: Labels, b: Labels): number {
  const differs = a.findIndex((text, at) => text !== b[at]);
  if (differs === -1) return a.length - b.length;
  return differs >= b.length || (a[differs] as string) > (b[differs] as string) ? 1 : -1;
}
