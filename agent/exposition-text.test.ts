import { expect, test } from 'vitest';
import { defineMetrics } from './contract/metric.ts';
import { renderReading } from './exposition-text.ts';
import { openReadings } from './readings.ts';

const metrics = defineMetrics('test', {
  test_b_total: { kind: 'counter', unit: 'count', help: 'Two words \\ and a backslash.', labels: ['name'] },
  test_a_bytes: { kind: 'gauge', unit: 'bytes', help: 'First.' },
});

test('families stand together, in order, each with HELP and TYPE, and node labels stay', () => {
  const readings = openReadings({ cluster: 'dahu', instance: 'dahu33' });
  readings.series(metrics.test_b_total, { name: 'z' }).set(1);
  readings.series(metrics.test_a_bytes, {}).set(1.5);
  readings.series(metrics.test_b_total, { name: 'a' }).set(2 ** 60);
  expect(renderReading(readings)).toBe(
    [
      '# HELP test_a_bytes First.',
      '# TYPE test_a_bytes gauge',
      'test_a_bytes{cluster="dahu",instance="dahu33"} 1.5',
      '# HELP test_b_total Two words \\\\ and a backslash.',
      '# TYPE test_b_total counter',
      'test_b_total{cluster="dahu",instance="dahu33",name="a"} 1152921504606847000',
      'test_b_total{cluster="dahu",instance="dahu33",name="z"} 1',
      '',
    ].join('\n'),
  );
});

test('label values cannot break out of their quotes or lines, and empty ones are left out', () => {
  const readings = openReadings({});
  readings.series(metrics.test_b_total, { name: 'a"}\n\\' }).set(1);
  readings.series(metrics.test_b_total, { name: '' }).set(Number.POSITIVE_INFINITY);
  const lines = renderReading(readings).split('\n').slice(2);
  expect(lines).toEqual(['test_b_total +Inf', 'test_b_total{name="a\\"}\\n\\\\"} 1', '']);
});

test('a gap is no line', () => {
  const readings = openReadings({});
  readings.series(metrics.test_a_bytes, {}).set(Number.NaN);
  expect(renderReading(readings)).toBe('');
});
