import { describe, expect, it } from 'vitest';
import type { NodeSummary } from '../../collector/api/nodes.ts';
import { clusterWord, matcher, readChoice, sorted, writeChoice } from './choice.ts';

const node = (facts: Partial<NodeSummary>): NodeSummary =>
  ({ name: 'dahu-1', cluster: 'dahu', state: 'alive', refusal: null, clockSeconds: 0, periodSeconds: 5, ...facts }) as NodeSummary;

describe('what the reader has chosen', () => {
  it('is in the address, and comes back from it', () => {
    const choice = { filter: 'dahu state:down', sort: 'cpu', descending: true, node: 'dahu-1' };
    expect(writeChoice(choice)).toBe('?q=dahu+state%3Adown&sort=-cpu&node=dahu-1');
    expect(readChoice(writeChoice(choice))).toEqual(choice);
    expect(writeChoice(readChoice(''))).toBe('');
  });

  it('filters by every word, by state and cluster exactly, and by what a node’s note says', () => {
    const refused = node({ name: 'yeti-10', cluster: 'My Lab', state: 'late', refusal: { reason: 'older than retention', agoSeconds: 3 } });
    expect(matcher('')(refused)).toBe(true);
    expect(matcher('YETI state:late')(refused)).toBe(true);
    expect(matcher('yeti state:down')(refused)).toBe(false);
    expect(matcher('retention')(refused)).toBe(true);
    expect(matcher(clusterWord('My Lab'))(refused)).toBe(true);
    expect(matcher('cluster:my')(refused)).toBe(false);
  });

  it('sorts names by their numbers, and puts what is not known last in either direction', () => {
    const nodes = [node({ name: 'n10', load1: null }), node({ name: 'n9', load1: 1 }), node({ name: 'n2', load1: 3 })];
    const order = (key: (one: NodeSummary) => number | string | null, descending: boolean): string[] =>
      sorted(nodes, key, descending).map(({ name }) => name);
    expect(order(({ name }) => name, false)).toEqual(['n2', 'n9', 'n10']);
    expect(order(({ load1 }) => load1, false)).toEqual(['n9', 'n2', 'n10']);
    expect(order(({ load1 }) => load1, true)).toEqual(['n2', 'n9', 'n10']);
  });
});
