import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Host } from '../../host.ts';

/** Files and directories that are watched for changes, where the kernel can (inotify(7)); who watches must look by itself as well. */
export interface Watches {
  /** Watches these, and no others. */
  set(paths: readonly string[]): void;
  /** Whether all of these are watched. */
  has(paths: readonly string[]): boolean;
  close(): void;
}

// The limit of a user is 8192 on a small node (fs.inotify.max_user_watches), and others want some.
const MOST = 1024;

/** The file of a cgroup (v2) that changes when its first process comes and its last one goes (cgroup-v2.rst). */
export const EVENTS_FILE = '/cgroup.events';

/** Nothing is watched yet; `changed` is told the path that was given, and which name in it has come or gone. */
export function openWatches(host: Host, changed: (path: string, name: string | null) => void): Watches {
  // Undefined is one that could not be opened, which is not tried again.
  const open = new Map<string, FSWatcher | undefined>();
  const drop = (path: string): void => {
    open.get(path)?.close();
    open.delete(path);
  };
  const add = (path: string): void => {
    try {
      const watcher = watch(host.path(path), { persistent: false }, (event, name) => {
        // It has gone itself, and with it its watch.
        if (path.endsWith(`/${name}`) && !path.endsWith(EVENTS_FILE)) drop(path);
        // Writing to files of a directory is nothing; its children's coming and going is.
        if (event === 'rename' || path.endsWith(EVENTS_FILE)) changed(path, name);
      });
      watcher.on('error', () => {
        watcher.close();
        open.set(path, undefined);
      });
      open.set(path, watcher);
    } catch (error) {
      // It has gone, or there are no watches left: the looks every few seconds see it as well.
      if (!(error instanceof Error && 'code' in error)) throw error;
      open.set(path, undefined);
    }
  };
  return {
    set(paths) {
      const wanted = new Set(paths.slice(0, MOST));
      for (const path of open.keys()) if (!wanted.has(path)) drop(path);
      for (const path of wanted) if (!open.has(path)) add(path);
    },
    has: (paths) => paths.every((path) => open.get(path) !== undefined),
    close() {
      for (const path of open.keys()) drop(path);
    },
  };
}
