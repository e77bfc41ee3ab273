import { constants } from 'node:os';
import { Unavailable } from '../contract/errors.ts';
import { loadKoffi } from './koffi.ts';
import type { PerfEventSpec } from './perf-events.ts';

/** The one system call that Node.js does not have. */
export interface PerfCalls {
  /**
   * Opens a counter of a cgroup (its directory's descriptor) on one CPU; counting begins at once. A read of the descriptor answers
   * value, time enabled and time running, 64 bits each.
   *
   * @throws an Error with `code` as the kernel says (`EACCES`, `ENOENT`, …).
   */
  open(event: PerfEventSpec, cgroup: number, cpu: number): number;
}

// arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h (arm64, riscv64), arch/powerpc and arch/s390 alike.
const NUMBER: Readonly<Record<string, number>> = { x64: 298, arm64: 241, riscv64: 241, loong64: 241, ppc64: 319, s390x: 331 };
// include/uapi/linux/perf_event.h
const ATTR_SIZE_VER0 = 64;
const FORMAT_TIMES = 1 | 2;
const FLAG_PID_CGROUP = 4;
const FLAG_FD_CLOEXEC = 8;

/** Loads koffi and finds `syscall` in the C library. Throws Unavailable without koffi, or on a machine whose call's number is not known. */
export async function loadPerfCalls(): Promise<PerfCalls> {
  const number = NUMBER[process.arch];
  if (process.platform !== 'linux' || number === undefined)
    throw new Unavailable(`perf_event_open is not known on ${process.platform} ${process.arch}`);
  const koffi = await loadKoffi('perf_event_open');
  const call = koffi.load(null).func('long syscall(long number, void *attr, int pid, int cpu, int group, unsigned long flags)');
  const attr = Buffer.alloc(ATTR_SIZE_VER0);
  const view = new DataView(attr.buffer, attr.byteOffset, ATTR_SIZE_VER0);
  const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return {
    open({ type, config }, cgroup, cpu) {
      view.setUint32(0, type, little);
      view.setUint32(4, ATTR_SIZE_VER0, little);
      view.setBigUint64(8, BigInt(config), little);
      view.setBigUint64(32, BigInt(FORMAT_TIMES), little);
      const fd = Number(call(number, attr, cgroup, cpu, -1, FLAG_PID_CGROUP | FLAG_FD_CLOEXEC));
      if (fd >= 0) return fd;
      const code = codeOf(koffi.errno());
      throw Object.assign(new Error(`perf_event_open: ${code}`), { code });
    },
  };
}

function codeOf(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
