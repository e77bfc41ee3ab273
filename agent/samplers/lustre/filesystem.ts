import { firstWordEnd, readCount } from '../../cells.ts';
import type { Metric } from '../../contract/metric.ts';
import type { KeptFile } from '../../host.ts';
import { keptRows } from '../../kept-rows.ts';
import type { Row } from '../../kept-rows.ts';
import type { SamplerContext } from '../../sampler.ts';
import { skipBlanks, skipIf, skipWord } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';
import { metrics } from './metrics.ts';
import { openSum } from './sums.ts';
import type { Sum } from './sums.ts';

/** A Lustre file system on this node, with its mounts. */
export interface FileSystem {
  /** Takes a mount's statistics in; answers what reads and what ends it. */
  mount(file: KeptFile): Mount;
  /** Sets every series to what the mounts have said since the last time. */
  set(): void;
  end(): void;
}

/** One mount of a file system. */
export interface Mount {
  /** Reads the file. Throws what the kernel says: an unmounted file system's file answers with an error. */
  read(): void;
  end(): void;
}

const SAMPLES = Buffer.from('samples ');
const BYTES = Buffer.from('[bytes]');
const MICROSECONDS = Buffer.from('[usec]');

/** Opens the series of a file system. Lines of its statistics (lustre/llite/lproc_llite.c) become counters as they appear. */
export function openFileSystem(series: SamplerContext<unknown>['series'], filesystem: string): FileSystem {
  const sums = new Map<string, Sum>();
  const sum = (metric: Metric, operation = ''): Sum => {
    const id = `${metric.name} ${operation}`;
    let known = sums.get(id);
    if (known === undefined) {
      const labels = { filesystem, ...(operation === '' ? {} : { operation }) };
      sums.set(id, (known = openSum(series(metric, labels))));
    }
    return known;
  };
  const openRow = (key: string, c: Cursor): Row | undefined => {
    const operation = key.trim();
    const shape = shapeOf(c);
    if (operation === 'read_bytes' && shape === 'bytes')
      return row(sum(metrics.lustre_read_calls_total), sum(metrics.lustre_read_bytes_total), 1);
    if (operation === 'write_bytes' && shape === 'bytes')
      return row(sum(metrics.lustre_write_calls_total), sum(metrics.lustre_write_bytes_total), 1);
    if (shape === undefined || shape === 'bytes') return undefined;
    const calls = sum(metrics.lustre_operations_total, operation);
    return shape === 'usec' ? row(calls, sum(metrics.lustre_operation_seconds_total, operation), 1e6) : row(calls, undefined, 1);
  };
  return {
    mount(file) {
      const rows = keptRows({ keyEnd: firstWordEnd, open: openRow });
      return {
        read: () => rows.read(file.read()),
        end() {
          rows.end();
          file.close();
        },
      };
    },
    set() {
      for (const one of sums.values()) one.set();
    },
    end() {
      for (const one of sums.values()) one.end();
    },
  };
}

/** What the numbers of a line are; undefined where it is no counter (snapshot_time). `open  12 samples [regs]`, `read_bytes 9 samples [bytes] MIN MAX SUM`. */
function shapeOf(c: Cursor): 'bytes' | 'usec' | 'count' | undefined {
  readCount(c);
  skipBlanks(c);
  if (!skipIf(c, SAMPLES)) return undefined;
  if (skipIf(c, BYTES)) return 'bytes';
  return skipIf(c, MICROSECONDS) ? 'usec' : 'count';
}

function row(calls: Sum, total: Sum | undefined, per: number): Row {
  const ownCalls = calls.part();
  const ownTotal = total?.part();
  return {
    read(c) {
      ownCalls.set(readCount(c));
      if (ownTotal === undefined) return;
      // "samples", the unit, the least and the greatest stand before the sum.
      for (let word = 0; word < 4; word++) {
        skipBlanks(c);
        skipWord(c);
      }
      ownTotal.set(readCount(c) / per);
    },
    end() {
      ownCalls.end();
      ownTotal?.end();
    },
  };
}
