import type { WholeFunction } from './function.ts';

/** Functions of native histograms. Of samples that are numbers, and here there are no others, they answer nothing. */
export const nativeHistograms: readonly WholeFunction[] = ['avg', 'count', 'sum', 'stddev', 'stdvar'].map((name) => ({
  kind: 'whole',
  name: `histogram_${name}`,
  args: ['vector'],
  optional: 0,
  returns: 'vector',
  of: () => [],
}));
