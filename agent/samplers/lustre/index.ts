import { Unavailable } from '../../contract/errors.ts';
import { defineSampler } from '../../sampler.ts';
import { CLOSED, examineLustre } from './examine.ts';
import { openFileSystem } from './filesystem.ts';
import type { FileSystem, Mount } from './filesystem.ts';
import { metrics } from './metrics.ts';
import { fileSystemOf, lustreMounts, openStats } from './mounts.ts';

const LOOK_AGAIN_MS = 30_000;

export default defineSampler({
  name: 'lustre',
  summary: 'Reads, writes and operations of the Lustre client by file system, from the statistics of llite.',
  metrics,
  options: {},
  examine: examineLustre,
  open({ host, series }) {
    const systems = new Map<string, FileSystem>();
    const mounts = new Map<string, Mount>();
    let lookedAt = Number.NEGATIVE_INFINITY;

    const drop = (name: string): void => {
      mounts.get(name)?.end();
      mounts.delete(name);
    };
    const find = (): void => {
      const names = lustreMounts(host);
      for (const name of mounts.keys()) if (!names.includes(name)) drop(name);
      for (const name of names) {
        if (mounts.has(name)) continue;
        const file = openStats(host, name);
        if (file === undefined) continue;
        const system = fileSystemOf(name);
        let open = systems.get(system);
        if (open === undefined) systems.set(system, (open = openFileSystem(series, system)));
        mounts.set(name, open.mount(file));
      }
      // The sums of a file system outlive its mounts only while there is one.
      const left = new Set([...mounts.keys()].map(fileSystemOf));
      for (const [system, open] of systems) {
        if (left.has(system)) continue;
        open.end();
        systems.delete(system);
      }
    };
    const read = (name: string, mount: Mount): void => {
      try {
        mount.read();
      } catch (error) {
        // What was unmounted answers with an error of the kernel's choice; whether it comes back is seen at the next look.
        if (!(error instanceof Error && 'code' in error)) throw error;
        drop(name);
      }
    };

    find();
    if (mounts.size === 0) {
      const [name] = lustreMounts(host);
      throw new Unavailable(name === undefined ? 'no Lustre file system is mounted' : `${fileSystemOf(name)}: ${CLOSED}`);
    }
    lookedAt = host.now();
    return {
      sample() {
        const now = host.now();
        if (Math.abs(now - lookedAt) >= LOOK_AGAIN_MS) {
          find();
          lookedAt = now;
        }
        for (const [name, mount] of mounts) read(name, mount);
        for (const system of systems.values()) system.set();
      },
      close() {
        for (const name of mounts.keys()) drop(name);
      },
    };
  },
});
