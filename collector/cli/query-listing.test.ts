import { describe, expect, it } from 'vitest';
import { asCsv, asTable } from './query-listing.ts';
import type { QueryData } from './query-listing.ts';

const vector: Extract<QueryData, { resultType: 'vector' }> = {
  resultType: 'vector',
  result: [
    { metric: { __name__: 'node_load1', cluster: 'dahu', instance: 'dahu1' }, value: [1.5, '0.25'] },
    { metric: { __name__: 'node_load1', cluster: 'dahu', instance: 'dahu10', rack: 'r2' }, value: [1.5, '+Inf'] },
  ],
};
const series = (name: string, ...values: [number, string][]) => ({ metric: { __name__: 'up', instance: name }, values });

describe('an answer as a table', () => {
  it('has a line a series, and says once what all share', () => {
    expect(asTable(vector)).toBe(
      ['All: node_load1{cluster="dahu"}', 'instance  rack  VALUE', 'dahu1            0.25', 'dahu10    r2     +Inf', ''].join('\n'),
    );
    expect(asTable({ ...vector, result: vector.result.slice(0, 1) })).toBe(
      ['METRIC      cluster  instance  VALUE', 'node_load1  dahu     dahu1      0.25', ''].join('\n'),
    );
  });

  it('has the series of a stretch of time side by side, with gaps', () => {
    const result = [series('a', [0, '1'], [60, '2']), series('b', [60.5, '3'])];
    expect(asTable({ resultType: 'matrix', result })).toBe(
      [
        'All: up',
        'TIME                      {instance="a"}  {instance="b"}',
        '1970-01-01T00:00:00Z                   1',
        '1970-01-01T00:01:00Z                   2',
        '1970-01-01T00:01:00.500Z                               3',
        '',
      ].join('\n'),
    );
    expect(asTable({ resultType: 'matrix', result: [{ metric: {}, values: [[0, '7']] }] })).toBe(
      'TIME                  VALUE\n1970-01-01T00:00:00Z      7\n',
    );
  });

  it('sums many series up', () => {
    const result = Array.from({ length: 10 }, (_, at) => series(`n${at}`, [0, '1'], [60, '3'], [120, '2']));
    const [, head, first] = asTable({ resultType: 'matrix', result }).split('\n');
    expect([head, first]).toEqual(['instance  SAMPLES  MIN  MEAN  MAX  LAST', 'n0              3    1     2    3     2']);
  });

  it('is a value alone, or says that there is none', () => {
    expect(asTable({ resultType: 'scalar', result: [1, '2.5'] })).toBe('2.5\n');
    expect(asTable({ resultType: 'string', result: [1, 'a\u001b[2Jb'] })).toBe('a\ufffd[2Jb\n');
    expect(asTable({ resultType: 'vector', result: [] })).toBe('Nothing matches at this time.\n');
  });

  it('lets nothing that a node sends move the cursor of its reader', () => {
    const result = [{ metric: { 'a\u001b': '\u001b[2J\u202e' }, value: [1, '2'] as [number, string] }];
    expect(asTable({ resultType: 'vector', result }).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

it('an answer as CSV has a line a sample, quoted where that is needed', () => {
  const result = [series('a', [0, '1'], [0.5, 'NaN']), { metric: { instance: 'x,"y"' }, values: [[1, '2']] as [number, string][] }];
  expect(asCsv({ resultType: 'matrix', result })).toBe(
    '__name__,instance,time,value\r\nup,a,1970-01-01T00:00:00Z,1\r\nup,a,1970-01-01T00:00:00.500Z,NaN\r\n,"x,""y""",1970-01-01T00:00:01Z,2\r\n',
  );
  expect(asCsv(vector).split('\r\n')[1]).toBe('node_load1,dahu,dahu1,,1970-01-01T00:00:01.500Z,0.25');
  expect(asCsv({ resultType: 'scalar', result: [1, '2'] })).toBe('time,value\r\n1970-01-01T00:00:01Z,2\r\n');
});
