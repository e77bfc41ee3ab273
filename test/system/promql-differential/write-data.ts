import { encodeFieldKey, encodeHead, lineWriter } from '../../../agent/contract/line-encode.ts';
import { labelValue } from '../../../collector/promql/labels.ts';
import type { Labels } from '../../../collector/promql/labels.ts';
import { escapeLabel } from '../../../collector/series/identity.ts';
import type { MadeSeries } from './made-series.ts';

/** Bytes of a body: well below what a collector takes. */
const BODY_BYTES = 2 ** 22;

/** Series as line protocol with times in milliseconds, in bodies; time goes forward. */
export function* lineBodies(all: readonly MadeSeries[]): Iterable<Uint8Array> {
  const writer = lineWriter();
  const parts = all.map((series) => ({ head: encodeHead(series.measurement, series.tags), key: encodeFieldKey(series.field), ...series }));
  const stamped = parts.flatMap(({ head, key, samples }) => samples.map(([time, value]) => ({ head, key, time, value })));
  for (const { head, key, time, value } of stamped.sort((one, other) => one.time - other.time)) {
    writer.head(head);
    writer.field(key, value);
    writer.end(time);
    if (writer.length < BODY_BYTES) continue;
    yield Buffer.from(writer.written());
    writer.clear();
  }
  if (writer.length > 0) yield Buffer.from(writer.written());
}

/** Samples of a series; times in milliseconds. */
export interface Written {
  readonly labels: Labels;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Series as OpenMetrics, which has times in seconds; types are left out, with which names would have to end in certain ways. */
export function* openMetrics(all: Iterable<Written>): Iterable<string> {
  for (const { labels, times, values } of all) {
    const pairs: string[] = [];
    for (let at = 0; at < labels.length; at += 2) {
      if (labels[at] !== '__name__') pairs.push(`${labels[at]}="${escapeLabel(labels[at + 1] ?? '')}"`);
    }
    const head = `${labelValue(labels, '__name__')}{${pairs.join(',')}}`;
    let text = '';
    for (let at = 0; at < times.length; at++) text += `${head} ${values[at]} ${((times[at] ?? 0) / 1000).toFixed(3)}\n`;
    yield text;
  }
  yield '# EOF\n';
}
