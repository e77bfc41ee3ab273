import type { Host } from '../../host.ts';
import type { Cursor } from '../../scan.ts';

/** What was read from and written to disks. */
export interface DiskIo {
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** Whether a device (`253:0`) lies on others, where the same request is counted once more. */
export type IsStacked = (device: string) => boolean;

const REMEMBERED = 256;

/** Knows stacked devices (LVM, RAID, encryption) by the disks below them, of /sys/dev/block. */
export function openStacked(host: Host): IsStacked {
  const known = new Map<string, boolean>();
  return (device) => {
    const before = known.get(device);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const stacked = host.list(`/sys/dev/block/${device}/slaves`).length > 0;
    known.set(device, stacked);
    return stacked;
  };
}

/** Sums io.stat of cgroup v2 (`8:0 rbytes=… wbytes=… rios=… wios=…`, cgroup-v2.rst). A file without lines is no I/O yet: 0. */
export function parseIoStat(c: Cursor, isStacked: IsStacked): DiskIo {
  const sum = { rbytes: 0, wbytes: 0, rios: 0, wios: 0 };
  for (const line of textOf(c).split('\n')) {
    const [device = '', ...cells] = line.split(' ');
    if (!DEVICE.test(device) || isStacked(device)) continue;
    for (const cell of cells) {
      const [, key, value] = CELL.exec(cell) ?? [];
      if (key !== undefined) sum[key as keyof typeof sum] += Number(value);
    }
  }
  return { readBytes: sum.rbytes, writeBytes: sum.wbytes, reads: sum.rios, writes: sum.wios };
}

/** Sums a file of blkio.throttle of cgroup v1 (`8:0 Read 4096`, cgroup-v1/blkio-controller.rst) for both ways. */
export function parseBlkio(c: Cursor, isStacked: IsStacked): { readonly read: number; readonly write: number } {
  const sum = { read: 0, write: 0 };
  for (const line of textOf(c).split('\n')) {
    const [device = '', way, value] = line.split(' ');
    if (!DEVICE.test(device) || isStacked(device) || !(Number(value) >= 0)) continue;
    if (way === 'Read') sum.read += Number(value);
    else if (way === 'Write') sum.write += Number(value);
  }
  return sum;
}

const DEVICE = /^\d+:\d+$/;
const CELL = /^([rw](?:bytes|ios))=(\d+)$/;

function textOf({ bytes, end }: Cursor): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}
