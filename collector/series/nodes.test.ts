import { describe, expect, it } from 'vitest';
import { nodeRegistry, notePost, periodOf, stateOf } from './nodes.ts';
import type { Node } from './nodes.ts';

const START = 1_795_000_000_000;
const PERIOD = 10_000;

/** A node that has sent for a minute. */
function sending(): Node {
  const node = nodeRegistry().open('n', '');
  for (let at = 0; at < 6; at++) notePost(node, START + (at - 5) * PERIOD, START + (at - 5) * PERIOD);
  return node;
}

describe('a node', () => {
  it.each([
    ['a day', 86_400_000],
    ['nine minutes, which it had run ahead before', 540_000],
    ['a minute', 60_000],
  ])('whose clock is set back by %s is down for no longer than three periods, and the difference is known', (_name, by) => {
    const node = sending();
    const answers: (number | undefined)[] = [];
    for (let now = START + PERIOD; now <= START + 5 * PERIOD; now += PERIOD) {
      answers.push(notePost(node, now, now - by));
      expect(stateOf(node, now)).not.toBe('down');
    }
    expect(answers.filter((answer) => answer !== undefined)).toEqual([by]);
    expect([stateOf(node, START + 5 * PERIOD), node.newest - node.seenAt, periodOf(node)]).toEqual(['alive', -by, PERIOD]);
  });

  it('that drains a backlog, with live posts or before any, has the clock it had', () => {
    for (const live of [true, false]) {
      const answers: unknown[] = [];
      const node = sending();
      const back = START + 3_600_000;
      if (live) notePost(node, back, back);
      for (let at = 0; at < 3600; at++) {
        const now = back + at * 100;
        answers.push(notePost(node, now, START + at * 1000));
        if (live && at % 100 === 0) answers.push(notePost(node, now, now));
      }
      expect(new Set(answers)).toEqual(new Set([undefined]));
    }
  });

  it('that tries one old batch again and again, while nothing else comes, has the clock it had', () => {
    const node = sending();
    for (let now = START; now < START + 600_000; now += 2000) expect(notePost(node, now, START - 30_000)).toBeUndefined();
    expect(node.newest).toBe(START);
  });

  it('of which nothing is known but the log has its clock back by an unknown time', () => {
    const node = nodeRegistry().open('n', '');
    notePost(node, Number.NEGATIVE_INFINITY, START + 3_600_000);
    const answers = [0, 1, 2, 3].map((at) => notePost(node, START + at * PERIOD, START + at * PERIOD));
    expect(answers.filter((answer) => answer !== undefined)).toEqual([Number.POSITIVE_INFINITY]);
    expect(stateOf(node, START + 3 * PERIOD)).toBe('alive');
  });
});
