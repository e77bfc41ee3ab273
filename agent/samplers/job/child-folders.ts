import { readdirSync, statSync } from 'node:fs';

/** Directories in a directory. */
export interface ChildFolders {
  /** Their names, sorted. */
  readonly children: readonly string[];
  /** What the directory had of links when it was listed; set to 0, it is listed again in any case. */
  links: number;
}

/**
 * The directories in a directory (a path of this machine), undefined where it has gone; the same object as before as long as it has as many.
 * One of a cgroup has some sixty files, which are not listed again then: the kernel counts directories as links (kernfs), other file
 * systems may not and have one link.
 */
export function childFolders(path: string, before: ChildFolders | undefined): ChildFolders | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (before !== undefined && before.links === stat.nlink && stat.nlink === before.children.length + 2) return before;
    const children = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
    return { children, links: stat.nlink };
  } catch (error) {
    // Removed in between.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
