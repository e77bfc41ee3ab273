// Makes a clone ready to run: the dependencies of package-lock.json are installed, and dist/ is built from the sources as they
// are. npm runs it before `start`, `test`, `dev` and `bench`; it does nothing, quickly, where nothing has changed. It runs where
// nothing is installed yet, so it needs nothing but Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

checkNode();
if (!isInstalled()) install();
if (!isBuilt(root)) run('building dist/', process.execPath, [`${root}deploy/build.mjs`], 'The sources do not build; see above.');

function checkNode() {
  const wanted = [20, 19];
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  stop(`Vigie needs Node ${wanted.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`);
}

// npm writes down what stands in node_modules as the last thing it does, so a torn installation has no such list.
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const standing = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined) stop('package-lock.json is missing; restore it: git checkout package-lock.json');
  if (standing === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const there = standing[path];
    // What is made for other systems stays away.
    if (there === undefined) return optional === true;
    return there.version === version && there.integrity === integrity;
  });
}

function packagesOf(file) {
  let text;
  try {
    text = readFileSync(root + file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text).packages;
}

function install() {
  // npm tells its scripts where it is itself; without it, the one on PATH.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const sorry =
    'npm could not install the dependencies; its reason is above. It fetches them from its registry, so the first run needs the ' +
    'network: `npm ping` tells whether it gets there, `npm config get registry` and `npm config get proxy` where it asks.';
  if (npm === undefined) run('installing the dependencies', 'npm', args, sorry);
  else run('installing the dependencies', process.execPath, [npm, ...args], sorry);
}

function run(doing, command, args, sorry) {
  console.log(`vigie: ${doing}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) stop(`${command}: ${error.message}`);
  if (status !== 0) stop(sorry);
}

function stop(message) {
  console.error(`vigie: ${message}`);
  process.exit(1);
}
