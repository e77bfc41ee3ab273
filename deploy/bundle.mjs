// Makes the agent one executable file, dist/vigie-agent.cjs or the one named, that needs nothing but Node.js where it runs.
// CommonJS, because it takes a megabyte less memory than an ES module and starts as fast.
import { chmodSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = resolve(process.argv[2] ?? join(root, 'dist', 'vigie-agent.cjs'));

// The line that names the interpreter and its flags comes along from agent/main.ts.
await build({
  absWorkingDir: root,
  entryPoints: ['agent/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifyWhitespace: true,
  // Optional: a node without them leaves out what it would tell of the hardware, and reads NVIDIA's GPUs with nvidia-smi.
  external: ['systeminformation', 'koffi'],
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
process.stdout.write(`${outfile}: ${Math.round(statSync(outfile).size / 1024)} KiB\n`);
