// Makes the agent one executable file, dist/vigie-agent.cjs, that needs nothing but Node.js on the node it runs on.
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

// Measured with /proc/PID/smaps_rollup after ten minutes at 1 Hz: see deploy/README of flags in the agent's unit.
export const nodeFlags = ['--max-semi-space-size=1', '--max-old-space-size=64', '--single-threaded'];

/** Bundles the agent into `outfile`. */
export async function bundle(outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['agent/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifyWhitespace: true,
    // Optional: its facts about the hardware are left out on a node that does not have it.
    external: ['systeminformation'],
    banner: { js: `#!/usr/bin/env -S node ${nodeFlags.join(' ')}` },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = join(root, 'dist', 'vigie-agent.cjs');
  await bundle(outfile);
  process.stdout.write(`${outfile}: ${Math.round(readFileSync(outfile).length / 1024)} KiB\n`);
}
