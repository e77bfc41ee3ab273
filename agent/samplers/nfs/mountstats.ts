import { NEWLINE } from '../../contract/ascii.ts';
import { Unavailable } from '../../contract/errors.ts';
import type { Host, KeptFile } from '../../host.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { skipIf } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';
import { mountMetrics } from './metrics.ts';
import { atWord, openMountSeries } from './mount-series.ts';
import type { MountSeries } from './mount-series.ts';

/** The NFS mounts of the node, from what the kernel counts for each; nobody is asked over the network. */
export interface MountStats {
  read(): void;
  /** How many NFS mounts there were at the last reading, those left out included. */
  readonly mounts: number;
  close(): void;
}

interface Device {
  /** The line as it stands there. */
  readonly line: Buffer;
  readonly mount: MountSeries | undefined;
}

const DEVICE = Buffer.from('device ');

/** The file of the mounts: init's where the agent may look at it, as those are the node's, else the agent's own. */
export function openStatsFile(host: Host): KeptFile {
  try {
    return host.open('/proc/1/mountstats', 16_384);
  } catch (error) {
    if (error instanceof Unavailable) return host.open('/proc/self/mountstats', 16_384);
    throw error;
  }
}

/** Opens the mounts, at most `most` of them with series of their own. Throws `Unavailable` where the kernel lists none. */
export function openMountStats(host: Host, series: SamplerContext<unknown>['series'], most: number): MountStats {
  const file = openStatsFile(host);
  let devices: readonly Device[] = [];
  let open = new Map<string, MountSeries>();
  let infos = new Map<string, Series>();
  let count = 0;
  const leftOut = series(mountMetrics.nfs_mounts_left_out);

  const learn = (c: Cursor): void => {
    const found = listDevices(c, (mountpoint) => addressOf(host, mountpoint));
    const [before, infosBefore] = [open, infos];
    [open, infos] = [new Map(), new Map()];
    devices = found.map(({ line, nfs }) => {
      if (nfs === undefined) return { line, mount: undefined };
      const { mountpoint, ...labels } = nfs;
      const id = JSON.stringify(labels);
      // The same export mounted twice has the same counters, and one set of series.
      const fresh = !open.has(id);
      if (fresh && open.size >= most) return { line, mount: undefined };
      const mount = open.get(id) ?? before.get(id) ?? openMountSeries(series, labels);
      open.set(id, mount);
      const where = JSON.stringify(nfs);
      infos.set(where, infosBefore.get(where) ?? series(mountMetrics.node_mountstats_nfs_mountpoint_info, { ...labels, mountpoint }));
      return { line, mount: fresh ? mount : undefined };
    });
    count = found.filter(({ nfs }) => nfs !== undefined).length;
    for (const [id, mount] of before) if (!open.has(id)) mount.end();
    for (const [where, info] of infosBefore) if (!infos.has(where)) info.end();
  };

  return {
    read() {
      const c = file.read();
      if (!isKnown(c, devices)) learn(c);
      if (!readDevices(c, devices)) devices = [];
      for (const info of infos.values()) info.set(1);
      if (count > 0) leftOut.set(count - infos.size);
    },
    get mounts() {
      return count;
    },
    close: () => file.close(),
  };
}

/** Whether the devices of the text are these, in this order. */
function isKnown(c: Cursor, devices: readonly Device[]): boolean {
  let at = 0;
  for (c.at = 0; c.at < c.end; toNextLine(c)) {
    const start = c.at;
    if (!skipIf(c, DEVICE)) continue;
    c.at = start;
    const known = devices[at++];
    if (known === undefined || !skipIf(c, known.line) || c.bytes[c.at] !== NEWLINE) return false;
  }
  return at === devices.length && at > 0;
}

/** Reads every mount. Answers whether each is the one it was. */
function readDevices(c: Cursor, devices: readonly Device[]): boolean {
  let at = 0;
  let same = true;
  let mount: MountSeries | undefined;
  const finish = (): void => {
    if (mount?.finish() === false) same = false;
  };
  for (c.at = 0; c.at < c.end; toNextLine(c)) {
    if (skipIf(c, DEVICE)) {
      finish();
      mount = devices[at++]?.mount;
      mount?.begin();
    } else if (mount !== undefined && atWord(c)) mount.line(c);
  }
  finish();
  return same;
}

function toNextLine(c: Cursor): void {
  const next = c.bytes.indexOf(NEWLINE, c.at);
  c.at = next < 0 || next >= c.end ? c.end : next + 1;
}

interface NfsMount {
  readonly export: string;
  readonly protocol: string;
  readonly mountaddr: string;
  readonly mountpoint: string;
}

const NFS = /^device (\S+) mounted on (\S+) with fstype nfs4? statvers=/;

function listDevices(c: Cursor, addressOf: (mountpoint: string) => string): readonly { line: Buffer; nfs: NfsMount | undefined }[] {
  const text = Buffer.from(c.bytes.buffer, c.bytes.byteOffset, c.end).toString('latin1');
  return text.split(/^(?=device )/m).flatMap((section) => {
    if (!section.startsWith('device ')) return [];
    const [line = ''] = section.split('\n', 1);
    const [, from, mountpoint] = NFS.exec(line) ?? [];
    const [, protocol] = /^\s+xprt:\s+(\w+)/m.exec(section) ?? [];
    const known = from !== undefined && mountpoint !== undefined && protocol !== undefined;
    const nfs = known ? { export: from, protocol, mountaddr: addressOf(mountpoint), mountpoint } : undefined;
    return [{ line: Buffer.from(line, 'latin1'), nfs }];
  });
}

/** The server's address of a mount, which mountstats does not tell; the one mounted last, where several are on top of each other. */
function addressOf(host: Host, mountpoint: string): string {
  const text = host.text('/proc/1/mountinfo') ?? host.text('/proc/self/mountinfo') ?? '';
  let address = '';
  for (const line of text.split('\n')) {
    const [place, type] = line.split(' - ');
    if (place?.split(' ')[4] !== mountpoint || !type?.startsWith('nfs')) continue;
    address = /(?:^|[ ,])addr=([^, ]+)/.exec(type)?.[1] ?? '';
  }
  return address;
}
