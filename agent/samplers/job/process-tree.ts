import { readNumber, skipLine } from '../../scan.ts';
import type { Host } from '../../host.ts';
import { childFolders } from './child-folders.ts';
import type { ChildFolders } from './child-folders.ts';
import { openSource } from './source-file.ts';

/** The directories of a job in one hierarchy, and the processes in them. */
export interface ProcessTree {
  /** Looks for directories and processes anew. */
  walk(): void;
  /** Processes found by the last walk, ascending, each once. */
  readonly pids: readonly number[];
  /** Directories found by the last walk, the job's own first, below it by path relative to it: ``, `/step_0`, `/step_0/task_0`; the same array as long as they are the same. */
  readonly folders: readonly string[];
}

// Steps, tasks and containers lie two to four deep; a job that makes cgroups of its own must not cost more than a large one.
const DEEPEST = 6;
const MOST_FOLDERS = 256;
const MOST_PIDS = 8192;

/** The tree below the directory of a job. */
export function openProcessTree(host: Host, top: string): ProcessTree {
  let known = new Map<string, ChildFolders>();
  let pids: readonly number[] = [];
  let folders: readonly string[] = [];

  // Whether the directory is there.
  const visit = (path: string, depth: number, seen: Map<string, ChildFolders>, found: Set<number>): boolean => {
    if (seen.size >= MOST_FOLDERS) return true;
    const folder = childFolders(host.path(top + path), known.get(path));
    if (folder === undefined) return false;
    seen.set(path, folder);
    readPids(host, top + path, found);
    if (depth === DEEPEST) return true;
    // One may have gone and another come, with as many links as before.
    for (const child of folder.children) if (!visit(`${path}/${child}`, depth + 1, seen, found)) folder.links = 0;
    return true;
  };

  return {
    walk() {
      const seen = new Map<string, ChildFolders>();
      const found = new Set<number>();
      visit('', 0, seen, found);
      known = seen;
      if (seen.size !== folders.length || folders.some((path) => !seen.has(path))) folders = [...seen.keys()];
      pids = [...found].sort((one, other) => one - other);
    },
    get pids() {
      return pids;
    },
    get folders() {
      return folders;
    },
  };
}

function readPids(host: Host, path: string, found: Set<number>): void {
  const file = openSource(host, `${path}/cgroup.procs`, 256, (c) => {
    while (c.at < c.end && found.size < MOST_PIDS) {
      const pid = readNumber(c);
      // A process of another pid namespace is 0.
      if (pid > 0) found.add(pid);
      skipLine(c);
    }
  });
  file?.read();
  file?.close();
}
