import { expect, test } from 'vitest';
import { firstWordEnd, readCell } from './cells.ts';
import { keptRows } from './kept-rows.ts';
import { cursor } from './scan.ts';

function table() {
  const values: Record<string, number> = {};
  const opened: string[] = [];
  const ended: string[] = [];
  const rows = keptRows({
    keyEnd: firstWordEnd,
    open(key) {
      if (key.startsWith('#')) return undefined;
      opened.push(key);
      return { read: (c) => void (values[key] = readCell(c)), end: () => void ended.push(key) };
    },
  });
  // One buffer for every round, overwritten, as a kept file has.
  const bytes = Buffer.alloc(1 << 23);
  const read = (text: string | Buffer): void => rows.read(cursor(bytes, Buffer.from(text as string).copy(bytes)));
  return { values, opened, ended, read, end: () => rows.end() };
}

test('lines keep their rows from round to round', () => {
  const t = table();
  t.read('a 1\n# 9\nb 2\n');
  t.read('a 10\n# 9\nb 200\n');
  expect(t.values).toEqual({ 'a ': 10, 'b ': 200 });
  expect(t.opened).toEqual(['a ', 'b ']);
});

test('a line that comes is opened, one that goes is ended, those that move stay open', () => {
  const t = table();
  t.read('a 1\nb 2\nc 3\n');
  t.read('c 30\nd 40\na 10\n');
  expect(t.values).toEqual({ 'a ': 10, 'b ': 2, 'c ': 30, 'd ': 40 });
  expect(t.opened).toEqual(['a ', 'b ', 'c ', 'd ']);
  expect(t.ended).toEqual(['b ']);
});

test('lines that leave the end are ended, and come back as new', () => {
  const t = table();
  t.read('a 1\nb 2\n');
  t.read('a 1\n');
  expect(t.ended).toEqual(['b ']);
  t.read('a 1\nb 3\n');
  expect(t.opened).toEqual(['a ', 'b ', 'b ']);
  t.read('');
  expect(t.ended).toEqual(['b ', 'a ', 'b ']);
});

test('a name that begins like another is another', () => {
  const t = table();
  t.read('sd 1\nsda 2\n');
  t.read('sda 3\nsd 4\n');
  expect(t.values).toEqual({ 'sd ': 4, 'sda ': 3 });
});

test('the same name twice is read once', () => {
  const t = table();
  t.read('a 1\na 2\n');
  t.read('a 3\na 4\n');
  expect(t.values).toEqual({ 'a ': 3 });
  expect(t.opened).toEqual(['a ']);
});

test('a last line without newline is torn and left out', () => {
  const t = table();
  t.read('a 1\nb 234\n');
  t.read('a 2\nb 23');
  expect(t.values).toEqual({ 'a ': 2, 'b ': 234 });
});

test('a line of a megabyte, with or without blanks, costs nothing of the others', () => {
  const t = table();
  t.read(`a 1\n${'x'.repeat(1 << 20)} 5\nlong ${'7 '.repeat(1 << 19)}\nb 2\n${'y'.repeat(1 << 20)}`);
  expect(t.values).toEqual({ 'a ': 1, 'long ': 7, 'b ': 2 });
});

test('garbage is no line of ours', () => {
  const t = table();
  t.read(Buffer.from([0, 0xff, 0x0a, 0x0a, 0x61, 0x20, 0x31, 0x0a, 0xfe]));
  expect(t.values).toEqual({ 'a ': 1 });
});

test('a cell that is no number is a gap and leaves the next one in its place', () => {
  const c = cursor(Buffer.from('1 12ab - -3 4.5\r\n 6'));
  expect([1, 2, 3, 4, 5, 6].map(() => readCell(c))).toEqual([1, Number.NaN, Number.NaN, -3, 4.5, Number.NaN]);
});
