import { printable, table } from './table.ts';

/** The `data` of an answer of Prometheus's API to an expression. */
export type QueryData =
  | { readonly resultType: 'scalar'; readonly result: Sample }
  | { readonly resultType: 'string'; readonly result: Sample }
  | { readonly resultType: 'vector'; readonly result: readonly { readonly metric: Metric; readonly value: Sample }[] }
  | { readonly resultType: 'matrix'; readonly result: readonly { readonly metric: Metric; readonly values: readonly Sample[] }[] };

type Metric = Readonly<Record<string, string>>;
/** Unix seconds, and the value as text. */
type Sample = readonly [seconds: number, value: string];

const VALUE = 'VALUE';
/** Series that stand side by side; of more, a line each tells the least, the mean and the most. */
const SIDE_BY_SIDE = 6;

/** An answer as a person reads it. */
export function asTable(data: QueryData): string {
  if (data.resultType === 'scalar' || data.resultType === 'string') return `${printable(data.result[1])}\n`;
  if (data.result.length === 0) return 'Nothing matches at this time.\n';
  if (data.resultType === 'matrix') return matrixTable(data.result);
  const { common, names } = labelsOf(data.result);
  const rows = data.result.map(({ metric, value }) => [...cells(metric, names), value[1]]);
  return common + table([...names.map(head), VALUE], rows, new Set([VALUE]));
}

type Matrix = Extract<QueryData, { resultType: 'matrix' }>['result'];

function matrixTable(series: Matrix): string {
  const { common, names } = labelsOf(series);
  if (series.length > SIDE_BY_SIDE) {
    const rows = series.map(({ metric, values }) => [...cells(metric, names), ...summary(values.map(([, value]) => Number(value)))]);
    return common + table([...names.map(head), ...SUMMARY], rows, new Set(SUMMARY));
  }
  const heads = series.map(({ metric }, at) => (names.length === 0 ? VALUE : titleOf(metric, names)) || `${VALUE} ${at + 1}`);
  const columns = series.map(({ values }) => new Map(values));
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  const rows = times.map((time) => [timeText(time), ...columns.map((column) => column.get(time) ?? '')]);
  return common + table(['TIME', ...heads], rows, new Set(heads));
}

const SUMMARY = ['SAMPLES', 'MIN', 'MEAN', 'MAX', 'LAST'];

function summary(values: readonly number[]): string[] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [String(values.length), told(least), told(mean), told(most), told(values.at(-1) ?? Number.NaN)];
}

function told(value: number): string {
  return String(Number.isFinite(value) ? Number(value.toPrecision(6)) : value);
}

// Labels that all series share are said once.
function labelsOf(series: readonly { readonly metric: Metric }[]): { readonly common: string; readonly names: readonly string[] } {
  const all = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const [first] = series;
  if (first === undefined || series.length === 1) return { common: '', names: all };
  const shared = all.filter((name) => series.every(({ metric }) => metric[name] === first.metric[name]));
  const names = all.filter((name) => !shared.includes(name));
  return { common: shared.length === 0 ? '' : `All: ${titleOf(first.metric, shared)}\n`, names };
}

function rank(name: string): number {
  return name === '__name__' ? 0 : 1;
}

function head(name: string): string {
  return printable(name === '__name__' ? 'METRIC' : name);
}

function cells(metric: Metric, names: readonly string[]): string[] {
  return names.map((name) => printable(metric[name] ?? ''));
}

function titleOf(metric: Metric, names: readonly string[]): string {
  const pairs = names.flatMap((name) =>
    name === '__name__' || metric[name] === undefined ? [] : [`${name}=${JSON.stringify(metric[name])}`],
  );
  const name = names.includes('__name__') ? (metric['__name__'] ?? '') : '';
  return printable(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`}`);
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** An answer with a line a sample: its labels, its time and its value (RFC 4180). */
export function asCsv(data: QueryData): string {
  const series = seriesOf(data);
  const names = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const lines = series.flatMap(({ metric, values }) => {
    const labels = names.map((name) => quotedCell(metric[name] ?? ''));
    return values.map(([time, value]) => [...labels, timeText(time), quotedCell(value)].join(','));
  });
  return [[...names.map(quotedCell), 'time', 'value'].join(','), ...lines, ''].join('\r\n');
}

function seriesOf(data: QueryData): Matrix {
  if (data.resultType === 'matrix') return data.result;
  if (data.resultType === 'vector') return data.result.map(({ metric, value }) => ({ metric, values: [value] }));
  return [{ metric: {}, values: [data.result] }];
}

function quotedCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
