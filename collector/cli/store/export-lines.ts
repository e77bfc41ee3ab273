import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeFieldKey, encodeHead, lineWriter } from '../../../agent/contract/line-encode.ts';
import { say } from '../../../agent/contract/say.ts';
import { labelsOfSeries } from '../../stores/duckdb/label-text.ts';
import type { Gathered } from '../../stores/duckdb/sealed/gathered.ts';
import type { OlderBucket } from '../../stores/duckdb/sealed/roll-up.ts';
import { lineName } from './line-names.ts';

/** A series on its way out. */
export interface ExportedSeries {
  readonly name: string;
  readonly labelText: string;
  readonly isCounter: boolean;
  /** Buckets whose samples are not kept any more. */
  readonly older: readonly OlderBucket[];
}

/** Takes series after series out. */
export interface Exporter {
  /** Takes the samples from one place to another; answers how many rows they made. */
  add(series: ExportedSeries, samples: Gathered, from: number, to: number): Promise<number>;
  /** Ends the day. */
  finish(): Promise<void>;
  /** What could not be exported, in words; empty where all could. */
  left(): readonly string[];
}

const FLUSH_BYTES = 1 << 20;

/** Writes line protocol with times in milliseconds to a file, or to standard output (`-`). */
export function lineExporter(path: string): Exporter {
  const file = path === '-' ? undefined : openSync(path, 'w');
  const writer = lineWriter(FLUSH_BYTES * 2);
  let unwritten = 0;
  const nameless = new Set<string>();
  const flush = (): void => {
    const text = writer.written();
    if (file === undefined) say(text.toString());
    else for (let at = 0; at < text.length;) at += writeSync(file, text, at);
    writer.clear();
  };
  return {
    add({ name, labelText }, { times, values }, from, to) {
      const split = lineName(name);
      if (split === undefined) nameless.add(name);
      else {
        const labels = labelsOfSeries(name, labelText);
        const tags: Record<string, string> = {};
        for (let at = 0; at < labels.length; at += 2) if (labels[at] !== '__name__') tags[labels[at] as string] = labels[at + 1] as string;
        const head = encodeHead(split.measurement, tags);
        const key = encodeFieldKey(split.field);
        for (let at = from; at < to; at++) {
          const value = values[at] as number;
          if (!Number.isFinite(value)) {
            unwritten++;
            continue;
          }
          writer.head(head);
          writer.field(key, value);
          writer.end(times[at] as number);
          if (writer.length >= FLUSH_BYTES) flush();
        }
      }
      return Promise.resolve(to - from);
    },
    finish() {
      flush();
      if (file !== undefined) closeSync(file);
      return Promise.resolve();
    },
    left: () => [
      ...(unwritten > 0
        ? [`${unwritten} samples that are no numbers (marks of series that have gone, infinities) have no place in line protocol`]
        : []),
      ...(nameless.size > 0 ? [`${nameless.size} metrics have no measurement and field: ${[...nameless].slice(0, 5).join(', ')}`] : []),
    ],
  };
}
