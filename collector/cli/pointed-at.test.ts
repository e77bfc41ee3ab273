import { expect, it } from 'vitest';
import { pointedAt } from './pointed-at.ts';

it.each([
  ['1:6: parse error: bad', 'rate(up)', '1:6: parse error: bad\n  rate(up)\n       ^'],
  ['2:3: parse error: bad', 'up +\n  foo()', '2:3: parse error: bad\n    foo()\n    ^'],
  ['at 1:4: bad', 'é+)', 'at 1:4: bad\n  é+)\n    ^'],
  ['1:7: bad', 'sum by', '1:7: bad\n  sum by\n        ^'],
  ['1:3: bad', '\t(', '1:3: bad\n   (\n    ^'],
])('%s is shown under %j', (message, expression, shown) => expect(pointedAt(message, expression)).toBe(shown));

it('of a long line the part around the place is shown', () => {
  const [, line = '', caret = ''] = pointedAt('1:501: bad', `${'a'.repeat(500)}!${'b'.repeat(500)}`).split('\n');
  expect([line.length < 120, line[caret.indexOf('^')], line.startsWith('  …'), line.endsWith('…')]).toEqual([true, '!', true, true]);
});

it('a message that names no place is left as it is', () => {
  expect(pointedAt('query timed out', 'up')).toBe('query timed out');
  expect(pointedAt('7:1: no such line', 'up')).toBe('7:1: no such line');
});
