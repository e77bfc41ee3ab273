// Writes the lists that a bundle needs as static imports: every folder of agent/samplers in agent/kinds.gen.ts.
// `node deploy/generate.mjs` writes them; with `--check` it only says which are stale, and fails.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = (path) =>
  readdirSync(root + path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${root}${path}/${entry.name}/index.ts`))
    .map(({ name }) => name)
    .sort();
const variable = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

function samplerKinds() {
  const names = folders('agent/samplers');
  return [
    '// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.',
    "import type { SamplerKind } from './sampler.ts';",
    ...names.map((name) => `import ${variable(name)} from './samplers/${name}/index.ts';`),
    '',
    '/** Every kind of sampler there is, by name. */',
    `export const samplerKinds: readonly SamplerKind[] = [`,
    ...names.map((name) => `  ${variable(name)},`),
    '];',
    '',
  ].join('\n');
}

const targets = { 'agent/kinds.gen.ts': samplerKinds() };
const stale = Object.entries(targets).filter(([path, text]) => !existsSync(root + path) || readFileSync(root + path, 'utf8') !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale; run: node deploy/generate.mjs`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [path, text] of stale) writeFileSync(root + path, text);
}
