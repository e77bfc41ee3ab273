// What dist/ is made of, and whether it is made of what the sources are now.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The folders that go into dist/. */
export const folders = ['agent', 'collector', 'dashboards', 'deploy', 'test'];

/** Written when dist/ is whole; its time is when the build began. */
export const stamp = 'dist/.built';

const besides = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** Whether a file or folder has nothing to do with dist/. */
export function isAside(name) {
  return name === 'fixtures' || name === 'machines' || name === 'node_modules' || name.endsWith('.test.ts') || name.endsWith('.md');
}

/** Whether dist/ is there and no source is newer. A folder counts too: its time tells that something in it has come or gone. */
export function isBuilt(root) {
  const built = timeOf(join(root, stamp));
  if (built === undefined) return false;
  const isNewer = (path) => (timeOf(path) ?? 0) > built;
  return !besides.some((file) => isNewer(join(root, file))) && !folders.some((folder) => holdsNewer(join(root, folder), isNewer));
}

function holdsNewer(folder, isNewer) {
  if (!existsSync(folder)) return false;
  if (isNewer(folder)) return true;
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    if (isAside(entry.name)) return false;
    const path = join(folder, entry.name);
    return entry.isDirectory() ? holdsNewer(path, isNewer) : isNewer(path);
  });
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
