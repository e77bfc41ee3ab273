// Records this machine for the tests: the files of /proc and /sys that the samplers read, without serial numbers and without the
// mounts of people's own folders. Run as: node test/machines/record.mjs FOLDER
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const target = process.argv[2];
if (target === undefined) throw new Error('say where to: node test/machines/record.mjs FOLDER');

const FILES = [
  ...['stat', 'meminfo', 'loadavg', 'vmstat', 'diskstats', 'net/dev', '1/mounts'].map((name) => `/proc/${name}`),
  ...['cpu', 'io', 'memory', 'irq'].map((name) => `/proc/pressure/${name}`),
  ...['ostype', 'osrelease', 'version', 'arch', 'hostname', 'domainname'].map((name) => `/proc/sys/kernel/${name}`),
];
// Folders whose entries are links to devices, each with files of its own.
const CLASSES = ['/sys/class/hwmon', '/sys/class/thermal'];
const SECRET = /serial|uuid|asset_tag/;
const OTHERS_MOUNTS = /^\S+ \/(mnt|media|home|srv|tmp)[ /]/;

function write(path, text) {
  mkdirSync(dirname(target + path), { recursive: true });
  writeFileSync(target + path, text);
}

function copy(path) {
  let text;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    if ('code' in error) return;
    throw error;
  }
  write(path, Buffer.from(path.endsWith('/mounts') ? withoutOthers(text) : text, 'latin1'));
}

const withoutOthers = (mounts) =>
  mounts
    .split('\n')
    .filter((line) => !OTHERS_MOUNTS.test(line))
    .join('\n');

function copyFiles(folder) {
  for (const name of readdirSync(folder)) if (!SECRET.test(name) && lstatSync(join(folder, name)).isFile()) copy(join(folder, name));
}

function link(path) {
  const real = realpathSync(path);
  copyFiles(real);
  mkdirSync(dirname(target + path), { recursive: true });
  if (!existsSync(target + path)) symlinkSync(relative(dirname(path), real), target + path);
  const device = join(real, 'device');
  if (!existsSync(device)) return;
  mkdirSync(target + realpathSync(device), { recursive: true });
  if (!existsSync(target + device)) symlinkSync(relative(real, realpathSync(device)), target + device);
}

for (const file of FILES) copy(file);
const sources = '/sys/devices/system/clocksource';
for (const name of readdirSync(sources)) {
  for (const file of ['available_clocksource', 'current_clocksource']) copy(join(sources, name, file));
}
for (const folder of CLASSES) if (existsSync(folder)) for (const name of readdirSync(folder)) link(join(folder, name));
if (existsSync('/sys/class/dmi/id')) copyFiles('/sys/class/dmi/id');
