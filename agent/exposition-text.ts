import type { Metric } from './contract/metric.ts';
import type { Readings } from './readings.ts';

interface Family {
  readonly metric: Metric;
  readonly lines: string[];
}

/** What has been read since the last round as Prometheus text 0.0.4: families by name, each with HELP and TYPE, node labels included. */
export function renderReading(readings: Readings): string {
  const families = new Map<string, Family>();
  readings.visit((metric, labels, value) => {
    let family = families.get(metric.name);
    if (family === undefined) families.set(metric.name, (family = { metric, lines: [] }));
    family.lines.push(`${metric.name}${labelText(labels)} ${numberText(value)}\n`);
  });
  return [...families.values()]
    .sort((a, b) => (a.metric.name < b.metric.name ? -1 : 1))
    .map(({ metric, lines }) => header(metric) + lines.sort().join(''))
    .join('');
}

function header({ name, help, kind }: Metric): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\')}\n# TYPE ${name} ${kind}\n`;
}

// A label without value is the same as none (prometheus.io/docs/concepts/data_model), so it is left out.
function labelText(labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
  return written.length === 0 ? '' : `{${written.join(',')}}`;
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
