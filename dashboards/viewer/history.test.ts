import { describe, expect, it } from 'vitest';
import type { NodeSummary } from '../../collector/api/nodes.ts';
import { history } from './history.ts';
import { runsOf } from './sparkline.ts';

const node = (load1: number | null, state: NodeSummary['state'] = 'alive'): NodeSummary =>
  ({ name: 'dahu-1', state, load1, temperature: null }) as NodeSummary;

describe('the last minutes', () => {
  it('are kept for five, oldest first, with gaps where nothing was known', () => {
    const past = history();
    for (let poll = 0; poll < 200; poll++) past.note([node(poll === 198 ? null : poll, poll === 197 ? 'down' : 'alive')], poll * 2000);
    const points = past.points('dahu-1', 'load1');
    expect(points).toHaveLength(150);
    expect(points[0]).toEqual([100_000, 50]);
    expect(points.slice(-3)).toEqual([
      [394_000, Number.NaN],
      [396_000, Number.NaN],
      [398_000, 199],
    ]);
  });

  it('are not joined over a gap: neither over what was unknown nor over a time nobody looked', () => {
    const points = [
      [0, 1],
      [2000, 2],
      [4000, Number.NaN],
      [6000, 3],
      [60_000, 4],
    ] as const;
    expect(runsOf(points)).toEqual([[points[0], points[1]], [points[3]], [points[4]]]);
  });
});
