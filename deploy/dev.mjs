// Runs the collector of this checkout, and builds and starts it again whenever a source has changed. What does not build leaves
// the one that runs alone. Arguments are passed on: `npm run dev -- --no-agent`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folders, isAside, isBuilt } from './sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SETTLE_MS = 100;

let rebuilding = false;
let timer;
let ending = false;
let running = start();

// A test says nothing of what runs.
for (const folder of folders.filter((name) => name !== 'test')) {
  watch(root + folder, { recursive: true }, (_event, file) => {
    if (file?.split('/').some(isAside)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void again(), SETTLE_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    ending = true;
    void stop().then(() => process.exit(0));
  });
}

async function again() {
  if (rebuilding || ending) return;
  rebuilding = true;
  try {
    if (isBuilt(root)) return;
    const began = Date.now();
    const { status } = spawnSync(process.execPath, [`${root}deploy/build.mjs`], { cwd: root, stdio: 'inherit' });
    if (status !== 0) return;
    console.error(`dev: built in ${Date.now() - began} ms, starting again`);
    await stop();
    if (!ending) running = start();
  } finally {
    rebuilding = false;
  }
}

function start() {
  const program = [
    '--single-threaded-gc',
    '--max-semi-space-size=64',
    `${root}dist/collector/cli/main.js`,
    'start',
    '--data',
    '.vigie',
    ...process.argv.slice(2),
  ];
  return spawn(process.execPath, program, { cwd: root, stdio: 'inherit' });
}

async function stop() {
  if (running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGTERM');
  await once(running, 'exit');
}
