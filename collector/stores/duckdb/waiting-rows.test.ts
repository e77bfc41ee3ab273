import { expect, it } from 'vitest';
import { seeded } from '../../../agent/contract/seeded.ts';
import { lengthOf, publish, SEGMENT_ROWS, segmentOf } from './segment.ts';
import type { Segment } from './segment.ts';
import { waitingRows } from './waiting-rows.ts';
import type { WaitingRows } from './waiting-rows.ts';

function append(segment: Segment, rows: readonly (readonly [series: number, time: number])[]): void {
  const held = lengthOf(segment);
  for (const [at, [series, time]] of rows.entries()) {
    segment.series[held + at] = series;
    segment.times[held + at] = time;
    segment.values[held + at] = -time;
  }
  publish(segment, held + rows.length);
}

function timesOf(waiting: WaitingRows, ...series: readonly number[]): number[] {
  const times: number[] = [];
  waiting.each(series, (time, value) => {
    expect(value).toBe(-time);
    times.push(time);
  });
  return times;
}

it('finds the rows of series in the order they came, as more come and the oldest go', () => {
  const waiting = waitingRows();
  const random = seeded(3);
  const segments: { segment: Segment; rows: [number, number][] }[] = [];
  const found: number[][] = [];
  const all: number[][] = [];
  let time = 0;
  for (let round = 0; round < 400; round++) {
    const choice = random();
    if (choice < 0.1 || segments.length === 0) {
      const segment = segmentOf(round);
      segments.push({ segment, rows: [] });
      waiting.open(round, segment.buffer);
    } else if (choice < 0.15) {
      const gone = segments.splice(0, 1 + Math.floor(random() * 2));
      waiting.drop(gone.map(({ segment }) => segment.id));
    } else if (choice < 0.8) {
      const rows = Array.from({ length: Math.floor(random() * 10) }, (): [number, number] => [Math.floor(random() * 3000), time++]);
      const last = segments.at(-1) as (typeof segments)[number];
      last.rows.push(...rows);
      append(last.segment, rows);
    } else {
      const asked = Array.from({ length: 1 + Math.floor(random() * 500) }, (_, at) => at * 3);
      const wanted = segments.flatMap(({ rows }) => rows.filter(([series]) => asked.includes(series)).map(([, at]) => at));
      found.push(timesOf(waiting, ...asked));
      all.push(wanted);
    }
  }
  expect(found).toEqual(all);
});

it('sees of a segment what has been published', () => {
  const waiting = waitingRows();
  const segment = segmentOf(1);
  waiting.open(1, segment.buffer);
  segment.series.fill(5);
  expect(timesOf(waiting, 5)).toEqual([]);
  append(segment, [[5, 1]]);
  expect(timesOf(waiting, 5)).toEqual([1]);
  const [columns] = waiting.columnsOf([1, 2]);
  expect(columns?.length).toBe(1);
});

it('goes on when places have been used up', () => {
  const waiting = waitingRows();
  const segment = segmentOf(1);
  // As many as places can be counted in 32 bits, and more.
  const wrong: number[] = [];
  const rounds = 2 ** 32 / SEGMENT_ROWS + 10;
  for (let round = 0; round < rounds; round++) {
    publish(segment, 0);
    waiting.open(round, segment.buffer);
    append(segment, [[round % 7, round]]);
    if ((round % 1000 === 0 || round > rounds - 20) && timesOf(waiting, round % 7).at(-1) !== round) wrong.push(round);
    if (round > 0) waiting.drop([round - 1]);
  }
  expect(wrong).toEqual([]);
});
