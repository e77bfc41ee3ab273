import { expect, it } from 'vitest';
import type { Answer } from '../promql/evaluation.ts';
import { instantText, rangeText } from './answer-text.ts';
import { success } from './pieces.ts';
import type { Pieces } from './pieces.ts';

const told = { warnings: [], infos: [], samples: 0, peakSamples: 0 };
const steps = { start: 1000, end: 3000, step: 500 };

// Bytes are copied before the next piece is asked for.
const read = (pieces: Pieces): string =>
  Array.from(pieces, (piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString())).join('');
const instant = (answer: Answer): unknown => JSON.parse(`${read(instantText(answer, 1500))}}`);
const range = (answer: Answer): unknown => JSON.parse(`${read(rangeText(answer, steps))}}`);

const column = {
  labels: ['__name__', 'up', 'job', 'a"\\\n\u0001é\u2028'],
  values: Float64Array.of(1, NaN, 3, 4, Infinity),
  present: Uint8Array.of(1, 1, 0, 0, 1),
  dropsName: false,
};
const metric = { __name__: 'up', job: 'a"\\\n\u0001é\u2028' };

it('an instant answer has the shape of its type', () => {
  expect(instant({ ...told, type: 'scalar', values: Float64Array.of(-0) })).toEqual({ resultType: 'scalar', result: [1.5, '-0'] });
  expect(instant({ ...told, type: 'string', value: 'é"' })).toEqual({ resultType: 'string', result: [1.5, 'é"'] });
  expect(instant({ ...told, type: 'vector', columns: [column, column], ordered: false })).toEqual({
    resultType: 'vector',
    result: [
      { metric, value: [1.5, '1'] },
      { metric, value: [1.5, '1'] },
    ],
  });
  const raw = { labels: [], times: Float64Array.of(500, 999), values: Float64Array.of(1, 2) };
  expect(instant({ ...told, type: 'matrix', series: [raw] })).toEqual({
    resultType: 'matrix',
    result: [
      {
        metric: {},
        values: [
          [0.5, '1'],
          [0.999, '2'],
        ],
      },
    ],
  });
});

it('a range answer is a matrix, with gaps where there is no value', () => {
  const values = [
    [1, '1'],
    [1.5, 'NaN'],
    [3, '+Inf'],
  ];
  expect(range({ ...told, type: 'vector', columns: [column, column], ordered: false })).toEqual({
    resultType: 'matrix',
    result: [
      { metric, values },
      { metric, values },
    ],
  });
  expect(range({ ...told, type: 'vector', columns: [], ordered: false })).toEqual({ resultType: 'matrix', result: [] });
  expect(range({ ...told, type: 'scalar', values: Float64Array.of(1, 2, 3, 4, 5) })).toMatchObject({
    result: [
      {
        metric: {},
        values: [
          [1, '1'],
          [1.5, '2'],
          [2, '3'],
          [2.5, '4'],
          [3, '5'],
        ],
      },
    ],
  });
});

it('of many points none is lost', () => {
  const values = Float64Array.from({ length: 50_000 }, (_, at) => at / 7);
  const answer = {
    ...told,
    type: 'vector',
    columns: [{ ...column, values, present: values.map(() => 1) as unknown as Uint8Array }],
    ordered: false,
  } as const;
  const { result } = range(answer) as { result: [{ values: [number, string][] }] };
  expect(result[0].values.map(([, value]) => Number(value))).toEqual([...values]);
});

it('an answer has at most ten warnings and infos, and says how many more there are', () => {
  const warnings = Array.from({ length: 12 }, (_, at) => `w${at}`);
  const answer = JSON.parse([...success(['[]'], { warnings, infos: ['i'] })].join('')) as object;
  expect(answer).toEqual({
    status: 'success',
    data: [],
    warnings: [...warnings.slice(0, 10), '2 more warning annotations omitted'],
    infos: ['i'],
  });
  expect([...success(['[]'])].join('')).toBe('{"status":"success","data":[]}');
});
