import { firstWordEnd, readCount } from '../../cells.ts';
import { keptRows } from '../../kept-rows.ts';
import { skipBlanks, skipIf, skipWord } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';
import type { JobValues } from './job-values.ts';

const MICRO = 1e6;
const TOTAL = Buffer.from('total=');
const totals: Record<string, number> = { some: Number.NaN, full: Number.NaN };

// Of `some avg10=… avg60=… avg300=… total=…` (Documentation/accounting/psi.rst) only the total is exact. One table serves every job.
const rows = keptRows({
  keyEnd: firstWordEnd,
  open(text) {
    const kind = text.trim();
    if (!(kind in totals)) return undefined;
    return { read: (c) => void (totals[kind] = totalIn(c)), end: () => undefined };
  },
});

/** Reads a pressure file of a job's cgroup (`cpu.pressure`), seconds into the values. */
export function pressureFile(values: JobValues, resource: string): (c: Cursor) => void {
  const some = values.of('job_pressure_seconds_total', { resource, kind: 'some' });
  const full = values.of('job_pressure_seconds_total', { resource, kind: 'full' });
  return (c) => {
    totals['some'] = totals['full'] = Number.NaN;
    rows.read(c);
    some.note((totals['some'] ?? Number.NaN) / MICRO);
    full.note((totals['full'] ?? Number.NaN) / MICRO);
  };
}

function totalIn(c: Cursor): number {
  for (let word = 0; word < 4; word++) {
    if (skipIf(c, TOTAL)) return readCount(c);
    skipWord(c);
    skipBlanks(c);
  }
  return Number.NaN;
}
