import type { Host } from '../../host.ts';
import { childFolders } from './child-folders.ts';
import type { ChildFolders } from './child-folders.ts';
import { openCpuCounter } from './cpu-counter.ts';
import type { CpuCounter } from './cpu-counter.ts';
import type { JobCgroup } from './job.ts';

/** A directory above jobs, whose counter keeps what removed jobs have used. Times are seconds of CPU. */
export interface CpuFolder {
  readonly path: string;
  /** What its counter said when it was read last; NaN once the directory has gone. */
  readonly now: number;
  /** Directories that are in it now and no job's, nor hold any. */
  readonly strangers: number;
  /** Whether it holds nothing but directories, and all that were in it at the last closing are known to be in it or to have ended. */
  readonly certain: boolean;
  /** Whether it has been closed once: what comes into it later is known to be new. */
  readonly closed: boolean;
  /** Looks which directories have come or gone; those that are ours are counted elsewhere. */
  look(isOurs: (path: string) => boolean): void;
  /** Reads the strangers, then the counter. */
  read(): void;
  /** What its counter has gained since the last closing; NaN where that is not known, or it went back. */
  gain(): number;
  /** What the strangers have gained together since the last closing. */
  strangersGain(): number;
  /** Takes over a directory that has turned out to be ours; answers what it had counted at the last closing, NaN where that is not known. */
  adopt(path: string): number;
  /** Takes note that a directory of a job in it or below it was ours until now: what is left of it uses nothing any more. */
  release(path: string): void;
  /** Looks for processes that are in it directly: what they use is nobody's. */
  lookForProcesses(): void;
  /** Closes an interval: gains count from what was read last. */
  close(): void;
  /** Nothing can be read any more. */
  end(): void;
}

interface Stranger {
  readonly counter: CpuCounter;
  base: number;
  now: number;
}

/** What schedulers have beside jobs is one directory, `system` of Slurm; jobs beyond those that are tracked are more. */
const MOST_STRANGERS = 16;

/** Begins to count a directory, of which is known what it had counted at the last closing, or not (NaN); undefined where it has no counter. */
export function openCpuFolder(host: Host, cgroup: JobCgroup, known: number): CpuFolder | undefined {
  const { controller, path } = cgroup;
  const counter = openCpuCounter(host, cgroup);
  if (counter === undefined) return undefined;
  const strangers = new Map<string, Stranger>();
  const released = new Set<string>();
  let listing: ChildFolders | undefined;
  let [base, now] = [known, Number.NaN];
  let [there, closed, lost, crowded] = [true, false, false, false];
  const holdsProcesses = (): boolean => host.text(`${path}/cgroup.procs`) !== '';
  let mixed = holdsProcesses();

  const add = (child: string): void => {
    const opened = openCpuCounter(host, { controller, path: child });
    if (opened === undefined) lost = true;
    else strangers.set(child, { counter: opened, base: closed ? 0 : Number.NaN, now: Number.NaN });
  };
  const drop = (child: string): Stranger | undefined => {
    const stranger = strangers.get(child);
    stranger?.counter.close();
    strangers.delete(child);
    return stranger;
  };

  return {
    path,
    get now() {
      return now;
    },
    get strangers() {
      return strangers.size;
    },
    get certain() {
      return closed && !lost && !crowded && !mixed;
    },
    get closed() {
      return closed;
    },
    look(isOurs) {
      const next = childFolders(host.path(path), listing);
      there = next !== undefined;
      if (next === undefined || next === listing) return;
      listing = next;
      const inside = new Set(next.children.map((name) => `${path}/${name}`));
      for (const child of released) if (!inside.has(child)) released.delete(child);
      for (const child of strangers.keys()) {
        if (inside.has(child)) continue;
        drop(child);
        lost = true;
      }
      const others = [...inside].filter((child) => !strangers.has(child) && !released.has(child) && !isOurs(child));
      crowded = strangers.size + others.length > MOST_STRANGERS;
      if (!crowded) for (const child of others) add(child);
    },
    read() {
      for (const stranger of strangers.values()) {
        stranger.now = stranger.counter.read();
        if (Number.isNaN(stranger.now) && listing !== undefined) listing.links = 0;
      }
      now = there ? counter.read() : Number.NaN;
    },
    gain: () => gained({ base, now }),
    strangersGain() {
      let sum = 0;
      for (const stranger of strangers.values()) sum += gained(stranger);
      return sum;
    },
    adopt(child) {
      released.delete(child);
      return drop(child)?.base ?? (closed ? 0 : Number.NaN);
    },
    release(child) {
      if (listing === undefined) return;
      if (listing.children.includes(child.slice(path.length + 1))) released.add(child);
      // Another may have come in its stead, and there are as many as before.
      listing.links = 0;
    },
    lookForProcesses: () => void (mixed = holdsProcesses()),
    close() {
      if (mixed) mixed = holdsProcesses();
      for (const stranger of strangers.values()) stranger.base = stranger.now;
      base = now;
      closed = !crowded && !mixed;
      lost = false;
    },
    end() {
      for (const child of strangers.keys()) drop(child);
      counter.close();
      now = Number.NaN;
    },
  };
}

// One that went back is not what it was: nothing is known then.
function gained({ base, now }: Pick<Stranger, 'base' | 'now'>): number {
  return now >= base ? now - base : Number.NaN;
}
