import { readCount } from '../../cells.ts';
import type { Host } from '../../host.ts';
import type { Cursor } from '../../scan.ts';
import { colonEnd, flatFile } from './flat-file.ts';
import { emptyStat, parseProcessStat } from './process-stat.ts';
import type { ProcessStat } from './process-stat.ts';
import { openSource } from './source-file.ts';

/** What a process did to disks and with system calls (proc_pid_io(5)), children that were waited for included; NaN where it may not be read. */
export interface ProcessIo {
  readChars: number;
  writeChars: number;
  readCalls: number;
  writeCalls: number;
  readBytes: number;
  writeBytes: number;
  cancelledBytes: number;
}

/** What /proc/PID/status says of a process or a thread (proc_pid_status(5)). */
export interface ProcessStatus {
  uid: number;
  anonymousBytes: number;
  residentBytes: number;
  sharedBytes: number;
  voluntary: number;
  involuntary: number;
}

/** A process, or a thread, that is read again and again. */
export interface ProcessReading {
  readonly stat: ProcessStat;
  readonly status: ProcessStatus;
  readonly io: ProcessIo;
  /** Seconds that it waited for a CPU while it could have run. */
  readonly runDelay: number;
  /** Reads it; false where it has gone or another has its pid, and then `stat` is as it was. */
  read(): boolean;
  close(): void;
}

const NANO = 1e9;
const KIB = 1024;
const ioFile = flatFile(['rchar:', 'wchar:', 'syscr:', 'syscw:', 'read_bytes:', 'write_bytes:', 'cancelled_write_bytes:'], colonEnd);
const statusFile = flatFile(
  ['Uid:', 'VmRSS:', 'RssAnon:', 'RssShmem:', 'voluntary_ctxt_switches:', 'nonvoluntary_ctxt_switches:'],
  colonEnd,
);
const scratch = emptyStat();

/** Begins to read the process, or thread, of a folder of /proc (`/proc/12`, `/proc/12/task/13`); undefined where it has gone. Of a thread, `io` stays unknown: its process has it. */
export function openProcessReading(host: Host, folder: string, kind: 'process' | 'thread'): ProcessReading | undefined {
  const stat = emptyStat();
  const status = { uid: nan, anonymousBytes: nan, residentBytes: nan, sharedBytes: nan, voluntary: nan, involuntary: nan };
  const io = { readChars: nan, writeChars: nan, readCalls: nan, writeCalls: nan, readBytes: nan, writeBytes: nan, cancelledBytes: nan };
  let runDelay = nan;
  let another = false;
  const main = openSource(host, `${folder}/stat`, 512, (c) => {
    another = !parseProcessStat(c, scratch) || (scratch.started !== stat.started && !Number.isNaN(stat.started));
    if (!another) Object.assign(stat, scratch);
  });
  if (main === undefined) return undefined;
  const others = [
    openSource(host, `${folder}/status`, 2048, (c) => readStatus(c, status)),
    openSource(host, `${folder}/schedstat`, 64, (c) => {
      const [ran, waited, turns] = [readCount(c), readCount(c), readCount(c)];
      // All zeros is what a kernel says that does not keep them (fs/proc/base.c proc_pid_schedstat).
      runDelay = ran + waited + turns === 0 ? nan : waited / NANO;
    }),
    kind === 'thread' ? undefined : openSource(host, `${folder}/io`, 256, (c) => readIo(c, io)),
  ];
  const reading: ProcessReading = {
    stat,
    status,
    io,
    get runDelay() {
      return runDelay;
    },
    read() {
      if (!main.read() || another) return false;
      for (const file of others) file?.read();
      return true;
    },
    close() {
      main.close();
      for (const file of others) file?.close();
    },
  };
  if (reading.read()) return reading;
  reading.close();
  return undefined;
}

const nan = Number.NaN;

function readStatus(c: Cursor, into: ProcessStatus): void {
  const read = statusFile(c);
  into.uid = read['Uid:'];
  into.residentBytes = read['VmRSS:'] * KIB;
  into.anonymousBytes = read['RssAnon:'] * KIB;
  into.sharedBytes = read['RssShmem:'] * KIB;
  into.voluntary = read['voluntary_ctxt_switches:'];
  into.involuntary = read['nonvoluntary_ctxt_switches:'];
}

function readIo(c: Cursor, into: ProcessIo): void {
  const read = ioFile(c);
  into.readChars = read['rchar:'];
  into.writeChars = read['wchar:'];
  into.readCalls = read['syscr:'];
  into.writeCalls = read['syscw:'];
  into.readBytes = read['read_bytes:'];
  into.writeBytes = read['write_bytes:'];
  into.cancelledBytes = read['cancelled_write_bytes:'];
}
