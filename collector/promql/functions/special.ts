import type { SpecialFunction } from './function.ts';

const signature = { kind: 'special', args: ['vector'], optional: 0, returns: 'vector' } as const;

/** Functions that the evaluator answers itself. */
export const special: readonly SpecialFunction[] = [
  { ...signature, name: 'absent' },
  { ...signature, name: 'absent_over_time', args: ['matrix'] },
  { ...signature, name: 'timestamp' },
];
