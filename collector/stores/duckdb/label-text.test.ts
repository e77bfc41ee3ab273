import { expect, test } from 'vitest';
import { labelsOf } from '../../promql/labels.ts';
import { labelText } from '../../series/identity.ts';
import { labelIn, labelsOfSeries } from './label-text.ts';

const texts = ['plain', '', 'a"b', 'a\\', '\\"', 'x,instance=', ',b="c"', 'n\\n', 'line\nbreak', '{}', '=', 'é–漢', '"'];

test.each(texts)('a label of value %j is read as it was written, and so are those beside it', (value) => {
  const labels = { A: 'upper', a: value, instance: 'node1', z: texts.at(-3) as string };
  const text = labelText(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const [name, wanted] of Object.entries(labels)) expect(labelIn(text, name)).toBe(wanted);
  expect(['b', 'nce', 'instanc', '', 'A '].map((name) => labelIn(text, name))).toEqual(['', '', '', '', '']);
  expect(labelsOfSeries('metric_total', text)).toEqual(labelsOf({ ...labels, __name__: 'metric_total' }));
});

test('a series without labels has its name', () => {
  expect([labelsOfSeries('up', '{}'), labelIn('{}', 'a')]).toEqual([['__name__', 'up'], '']);
});
