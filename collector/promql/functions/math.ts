import type { ValueFunction } from './function.ts';

const signature = { kind: 'value', args: ['vector'], optional: 0, returns: 'vector' } as const;

/** Functions of single values. */
export const math: readonly ValueFunction[] = [
  { ...signature, name: 'abs', of: Math.abs },
  { ...signature, name: 'ceil', of: Math.ceil },
  { ...signature, name: 'floor', of: Math.floor },
  { ...signature, name: 'exp', of: Math.exp },
  { ...signature, name: 'sqrt', of: Math.sqrt },
  { ...signature, name: 'ln', of: Math.log },
  { ...signature, name: 'log2', of: Math.log2 },
  { ...signature, name: 'log10', of: Math.log10 },
  { ...signature, name: 'sgn', of: (value) => (value < 0 ? -1 : value > 0 ? 1 : value) },
  {
    ...signature,
    name: 'round',
    args: ['vector', 'scalar'],
    optional: 1,
    of(value, [nearest = 1]) {
      // Its inverse loses less: 0.1 is no double, 10 is.
      const inverse = 1 / nearest;
      return Math.floor(value * inverse + 0.5) / inverse;
    },
  },
];
