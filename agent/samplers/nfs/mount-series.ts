import { readCount } from '../../cells.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { skipBlanks, skipIf, skipWord, wordText } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';
import { AGE, BYTES, EVENTS, OPERATION, RDMA, TCP, UDP } from './metrics.ts';
import type { Column, MountLabel } from './metrics.ts';

/** The series of one NFS mount. */
export interface MountSeries {
  /** Begins a round. */
  begin(): void;
  /** Reads a line of the mount; the cursor stands at its first word. */
  line(c: Cursor): void;
  /** Sets what stands on several lines. Answers whether this is still the mount it was: its age has not fallen. */
  finish(): boolean;
  end(): void;
}

type Labels = Readonly<Record<MountLabel, string>>;
type Open = SamplerContext<unknown>['series'];

const LINES = { age: Buffer.from('age:'), bytes: Buffer.from('bytes:'), events: Buffer.from('events:') };
const TRANSPORT = Buffer.from('xprt:');
const PROTOCOLS = [
  { word: Buffer.from('tcp'), columns: TCP },
  { word: Buffer.from('udp'), columns: UDP },
  { word: Buffer.from('rdma'), columns: RDMA },
];
const PER_OPERATION = Buffer.from('per-op');
// A time that a kernel counted below nought stands there as a number of 64 bits near 2^64.
const NEGATIVE = 2 ** 63;

/** Opens the series of a mount. An operation has its series once it has occurred. */
export function openMountSeries(series: Open, labels: Labels): MountSeries {
  const age = openColumns(AGE, (metric) => series(metric, labels));
  const bytes = openColumns(BYTES, (metric) => series(metric, labels));
  const events = openColumns(EVENTS, (metric) => series(metric, labels));
  const transports = openTransports(series, labels);
  const operations = openOperations(series, labels);
  let inOperations = false;
  let lastAge = 0;
  let sameMount = true;
  return {
    begin() {
      inOperations = false;
      sameMount = true;
      transports.begin();
      operations.begin();
    },
    line(c) {
      if (inOperations) return operations.line(c);
      if (skipIf(c, LINES.age)) {
        const start = c.at;
        const now = readCount(c);
        sameMount = !(now < lastAge);
        lastAge = now;
        c.at = start;
        readColumns(c, age);
      } else if (skipIf(c, LINES.bytes)) readColumns(c, bytes);
      else if (skipIf(c, LINES.events)) readColumns(c, events);
      else if (skipIf(c, TRANSPORT)) transports.line(c);
      else if (skipIf(c, PER_OPERATION)) inOperations = true;
    },
    finish() {
      transports.finish();
      return sameMount;
    },
    end() {
      for (const { one } of [...age, ...bytes, ...events]) one.end();
      transports.end();
      operations.end();
    },
  };
}

interface OpenColumn {
  readonly at: number;
  readonly per: number;
  readonly one: Series;
}

function openColumns<Label extends string>(
  columns: readonly Column<Label>[],
  open: (metric: Column<Label>['metric']) => Series,
): readonly OpenColumn[] {
  return columns.map(({ at, metric, per }) => ({ at, per, one: open(metric) }));
}

function readColumns(c: Cursor, columns: readonly OpenColumn[]): void {
  let at = 0;
  for (const column of columns) {
    for (; at < column.at; at++) readCount(c);
    column.one.set(readValue(c) / column.per);
    at++;
  }
}

function readValue(c: Cursor): number {
  const value = readCount(c);
  return value < NEGATIVE ? value : Number.NaN;
}

// A mount with several connections (nconnect) has a line for each; they count together.
function openTransports(series: Open, labels: Labels) {
  const all = openColumns(TCP, (metric) => series(metric, labels));
  const sums = new Float64Array(TCP.length);
  let lines = 0;
  return {
    begin() {
      sums.fill(0);
      lines = 0;
    },
    line(c: Cursor) {
      skipBlanks(c);
      const columns = PROTOCOLS.find(({ word }) => skipIf(c, word))?.columns;
      if (columns === undefined) return;
      lines++;
      let at = 0;
      for (let i = 0, own = 0; i < TCP.length; i++) {
        const column = columns[own];
        // What this protocol does not count is unknown for the sum.
        if (column === undefined || column.metric !== TCP[i]?.metric) sums[i] = Number.NaN;
        else {
          for (; at < column.at; at++) readCount(c);
          sums[i] = (sums[i] ?? 0) + readValue(c);
          at++;
          own++;
        }
      }
    },
    finish() {
      for (let i = 0; i < all.length; i++) all[i]?.one.set(lines === 0 ? Number.NaN : (sums[i] ?? Number.NaN));
    },
    end() {
      for (const { one } of all) one.end();
    },
  };
}

interface Operation {
  readonly name: Buffer;
  columns: readonly OpenColumn[] | undefined;
}

function openOperations(series: Open, labels: Labels) {
  const byName = new Map<string, Operation>();
  const inOrder: Operation[] = [];
  let at = 0;
  const learn = (c: Cursor): Operation => {
    const name = wordText(c);
    let known = byName.get(name);
    if (known === undefined) byName.set(name, (known = { name: Buffer.from(name, 'latin1'), columns: undefined }));
    inOrder[at] = known;
    return known;
  };
  return {
    begin() {
      at = 0;
    },
    line(c: Cursor) {
      const expected = inOrder[at];
      const own = expected !== undefined && skipIf(c, expected.name) ? expected : learn(c);
      at++;
      const start = c.at;
      if (own.columns === undefined && !(readCount(c) > 0)) return;
      const operation = own.name.toString('latin1').replace(/:$/, '');
      own.columns ??= openColumns(OPERATION, (metric) => series(metric, { ...labels, operation }));
      c.at = start;
      readColumns(c, own.columns);
    },
    end() {
      for (const { columns = [] } of byName.values()) for (const { one } of columns) one.end();
      byName.clear();
      inOrder.length = 0;
    },
  };
}

/** Moves past the line's beginning of blanks; whether anything follows on it. */
export function atWord(c: Cursor): boolean {
  skipBlanks(c);
  const start = c.at;
  skipWord(c);
  const found = c.at > start;
  c.at = start;
  return found;
}
