// Builds dist/: TypeScript compiled, everything else that the program reads copied beside it, what has no source any more removed.
// Files are replaced one by one, so that a program that runs from dist/ never finds it gone.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { isAside, stamp } from './sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

node('deploy/generate.mjs');
const began = new Date();
node('node_modules/typescript/bin/tsc', '-p', 'deploy/build.tsconfig.json');
// Only the viewer and what the programs themselves read at run time; the rest of deploy/ and test/ stays where it is.
for (const folder of ['agent', 'collector', 'dashboards'].filter((name) => existsSync(join(root, name)))) copyAssets(folder);
// The page is read by browsers: checked against what they have, and made one file.
node('node_modules/typescript/bin/tsc', '-p', 'dashboards/viewer');
await build({
  absWorkingDir: root,
  entryPoints: ['dashboards/viewer/nodes.ts'],
  outfile: 'dist/dashboards/viewer/nodes.js',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  logLevel: 'warning',
});
removeOlder(join(root, 'dist'));
for (const file of Object.values(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin)) makeExecutable(join(root, file));
writeFileSync(join(root, stamp), '');
// The beginning, so that what was edited while this ran counts as newer.
utimesSync(join(root, stamp), began, began);

function node(script, ...args) {
  const { status, error } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function copyAssets(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (isAside(entry.name) || entry.name.endsWith('.ts') || entry.name === 'tsconfig.json') continue;
    if (entry.isDirectory()) copyAssets(path);
    else {
      mkdirSync(join(root, 'dist', dirname(path)), { recursive: true });
      copyFileSync(join(root, path), join(root, 'dist', path));
    }
  }
}

// The compiler and the copies have just written everything that belongs here.
function removeOlder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOlder(path);
    else if (statSync(path).mtimeMs < began.getTime() - 1) rmSync(path);
  }
}

function makeExecutable(file) {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) chmodSync(file, 0o755);
}
