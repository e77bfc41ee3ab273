import { encodeFieldKey, encodeHead, lineWriter } from '../../../agent/contract/line-encode.ts';
import type { Precision } from '../../../agent/contract/precision.ts';
import { exposedSample } from './exposition-line.ts';
import { lineName } from './line-names.ts';

/** How the lines of a file become line protocol. */
export interface LineReading {
  /** Of the times that it gives. */
  readonly precision: Precision;
  /** What is sent for a line, without its end: undefined for one that says nothing; else what is wrong with it. */
  read(line: string): { readonly text: string } | { readonly fault: string; readonly notNumber: boolean } | undefined;
}

/** What a file is, as far as its beginning tells. */
export interface ImportFormat {
  readonly kind: 'lines' | 'openmetrics' | 'prometheus';
  readonly precision: Precision;
}

/** Times of these many digits, as they are today. */
const DIGITS: Readonly<Record<number, Precision>> = { 10: 's', 13: 'ms', 16: 'us', 19: 'ns' };

/** Guesses what a file is by its first lines; times by how many digits they have. Undefined where nothing of it can be read. */
export function formatOf(lines: readonly string[]): ImportFormat | undefined {
  for (const line of lines) {
    if (/^\s*$/.test(line) || (line.startsWith('#') && !/^# (?:TYPE|HELP|UNIT|EOF)\b/.test(line))) continue;
    const [, time] = /^[^\s"]\S*(?:\\ \S*)* \S+=.* (\d{10,19})\s*$/.exec(line) ?? [];
    if (time !== undefined && !line.startsWith('#')) return { kind: 'lines', precision: DIGITS[time.length] ?? 'ns' };
    const sample = exposedSample(line);
    if (typeof sample === 'string') continue;
    if (sample?.time !== undefined) {
      // OpenMetrics has seconds, Prometheus's own format milliseconds.
      const seconds = Math.abs(sample.time) < 1e11;
      return { kind: seconds ? 'openmetrics' : 'prometheus', precision: 'ms' };
    }
  }
  return undefined;
}

/** How a file of this format is read; `labels` are added to what has none of these names. */
export function readingOf({ kind, precision }: ImportFormat, labels: Readonly<Record<string, string>>): LineReading {
  if (kind === 'lines') return { precision, read: (line) => ownLine(line, labels) };
  const writer = lineWriter(4096);
  return {
    precision: 'ms',
    read(line) {
      const sample = exposedSample(line);
      if (sample === undefined) return undefined;
      if (typeof sample === 'string') return { fault: sample, notNumber: false };
      if (!Number.isFinite(sample.value)) return { fault: `${sample.name} is no number there`, notNumber: true };
      if (sample.time === undefined) return { fault: 'it has no time', notNumber: false };
      const name = lineName(sample.name);
      if (name === undefined)
        return { fault: `${sample.name} has no _ at which it could be cut into measurement and field`, notNumber: false };
      writer.clear();
      writer.head(encodeHead(name.measurement, { ...labels, ...sample.labels }));
      writer.field(encodeFieldKey(name.field), sample.value);
      writer.end(Math.round(kind === 'openmetrics' ? sample.time * 1000 : sample.time));
      return { text: writer.written().toString().trimEnd() };
    },
  };
}

function ownLine(line: string, labels: Readonly<Record<string, string>>): ReturnType<LineReading['read']> {
  if (/^\s*(?:#|$)/.test(line)) return undefined;
  // Line protocol has no such value; who writes one means that there is none.
  if (/[ ,][^ ,="]+=(?:[+-]?nan|[+-]?inf(?:inity)?)(?=[ ,]|$)/i.test(line)) return { fault: 'it holds what is no number', notNumber: true };
  if (Object.keys(labels).length === 0) return { text: line };
  const head = /^(?:[^\\ ]|\\.)*/.exec(line)?.[0] ?? '';
  const missing = Object.entries(labels).filter(([name]) => !head.includes(`,${name}=`));
  const added = encodeHead('', Object.fromEntries(missing)).toString();
  return { text: head + added + line.slice(head.length) };
}
