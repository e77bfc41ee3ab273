import { describe, expect, it } from 'vitest';
import { exposedSample } from './exposition-line.ts';
import { formatOf, readingOf } from './import-lines.ts';
import { bytesInWords, countInWords } from './in-words.ts';
import { lineName } from './line-names.ts';

describe('a line of an exposition', () => {
  it.each([
    ['a 1', { name: 'a', labels: {}, value: 1, time: undefined }],
    ['a{} 1 5', { name: 'a', labels: {}, value: 1, time: 5 }],
    ['a:b{c="d",e="f",} -1.5e3 1700000000.123', { name: 'a:b', labels: { c: 'd', e: 'f' }, value: -1500, time: 1_700_000_000.123 }],
    [String.raw`a { c = "\"x\\\n" } 1 # {trace="1"} 2`, { name: 'a', labels: { c: '"x\\\n' }, value: 1, time: undefined }],
    ['a +Inf', { name: 'a', labels: {}, value: Number.POSITIVE_INFINITY, time: undefined }],
    ['a NaN 3', { name: 'a', labels: {}, value: Number.NaN, time: 3 }],
    ['# HELP a b', undefined],
    ['   ', undefined],
    ['1a 2', 'it does not start with a metric name'],
    ['a{b="c" 1', 'its labels cannot be read at character 3'],
    ['a{,} 1', 'its labels cannot be read at character 3'],
    ['a x', '"x" is no value with a time'],
    ['a 0x10', '"0x10" is no value with a time'],
    ['a 1 2 3', '"1 2 3" is no value with a time'],
  ])('is read: %s', (line, sample) => {
    expect(exposedSample(line)).toEqual(sample);
  });
});

describe('a file', () => {
  it.each([
    [['m,instance=a v=1 1700000000000000000'], { kind: 'lines', precision: 'ns' }],
    [['# a comment', '', String.raw`m,instance=a\ b v=1,w="x y=1" 1700000000000`], { kind: 'lines', precision: 'ms' }],
    [['m v=1i 1700000000'], { kind: 'lines', precision: 's' }],
    [['# TYPE a gauge', 'a{b="c=d e"} 1 1700000000.5'], { kind: 'openmetrics', precision: 'ms' }],
    [['a{b="c"} 1 1700000000123'], { kind: 'prometheus', precision: 'ms' }],
    [['a 1', 'a 2 1700000000123'], { kind: 'prometheus', precision: 'ms' }],
    [['nonsense', '# nothing'], undefined],
  ])('is what its first lines say: %s', (lines, format) => {
    expect(formatOf(lines)).toEqual(format);
  });

  it('of line protocol goes as it is, with the labels that are missing, without what is no number', () => {
    const reading = readingOf({ kind: 'lines', precision: 'ms' }, { instance: 'n 1', cluster: 'c' });
    expect(reading.read(String.raw`m,cluster=x\ y v=1 5`)).toEqual({ text: String.raw`m,cluster=x\ y,instance=n\ 1 v=1 5` });
    expect(reading.read('m v=1,w=NaN 5')).toMatchObject({ notNumber: true });
    expect(reading.read('m v="nan",w=1 5')).toMatchObject({ text: expect.stringContaining('v="nan"') as string });
    expect(reading.read('# a comment')).toBeUndefined();
  });
});

describe('in words', () => {
  it.each([
    [0, '0 B', '0'],
    [1023, '1023 B', '1.02 k'],
    [1536, '1.50 KiB', '1.54 k'],
    [123_456_789, '118 MiB', '123 M'],
  ])('%d is', (amount, bytes, count) => {
    expect([bytesInWords(amount), countInWords(amount)]).toEqual([bytes, count]);
  });

  it.each([
    ['node_memory_MemFree_bytes', { measurement: 'node_memory', field: 'MemFree_bytes' }],
    ['disk_used_percent', { measurement: 'disk', field: 'used_percent' }],
    ['up', undefined],
    ['x_', undefined],
  ])('%s is cut', (name, cut) => {
    expect(lineName(name)).toEqual(cut);
  });
});
