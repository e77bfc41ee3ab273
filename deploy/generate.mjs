// Writes the lists that are static imports of folders (samplers, their metrics, stores), and the documents that are made of
// what the programs declare. `node deploy/generate.mjs` writes them; with `--check` it only says which are stale, and fails.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

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

function declaredMetrics() {
  const names = folders('agent/samplers').filter((name) => existsSync(`${root}agent/samplers/${name}/metrics.ts`));
  return [
    '// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.',
    "import type { Metrics } from '../../agent/contract/metric.ts';",
    "import { runtimeMetrics } from '../../agent/runtime-metrics.ts';",
    ...names.map((name) => `import { metrics as ${variable(name)} } from '../../agent/samplers/${name}/metrics.ts';`),
    "import { metrics as redfish } from '../redfish/metrics.ts';",
    '',
    '/** Every metric that our agents declare, and what the collector asks about nodes, by the component that reads it. */',
    'export const declaredMetrics: Readonly<Record<string, Metrics>> = {',
    '  runtime: runtimeMetrics,',
    ...names.map((name) => (variable(name) === name ? `  ${name},` : `  '${name}': ${variable(name)},`)),
    '  redfish,',
    '};',
    '',
  ].join('\n');
}

function storeKinds() {
  const names = folders('collector/stores');
  return [
    '// Made by deploy/generate.mjs of the folders in collector/stores; do not edit.',
    ...names.map((name) => `import ${variable(name)} from './${name}/index.ts';`),
    "import type { StoreKind } from './store.ts';",
    '',
    '// What a kind is opened with was read by its own fields, which the common type cannot say.',
    '/** Every kind of store there is, by name. */',
    `export const storeKinds = [${names.map(variable).join(', ')}] as unknown as readonly StoreKind[];`,
    '',
  ].join('\n');
}

/** The documents, by the sources as they are now. */
async function documents() {
  const outfile = `${root}node_modules/.cache/vigie/documents-${process.pid}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: ['deploy/documents.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    return (await import(pathToFileURL(outfile).href)).documents;
  } finally {
    rmSync(outfile);
  }
}

function settle(targets) {
  const stale = Object.entries(targets).filter(([path, text]) => !existsSync(root + path) || readFileSync(root + path, 'utf8') !== text);
  for (const [path, text] of stale) {
    if (process.argv.includes('--check')) {
      console.error(`${path} is stale; run: node deploy/generate.mjs`);
      process.exitCode = 1;
    } else {
      mkdirSync(dirname(root + path), { recursive: true });
      writeFileSync(root + path, text);
    }
  }
}

// The lists first: the documents are made of them.
settle({
  'agent/kinds.gen.ts': samplerKinds(),
  'collector/expose/declared.gen.ts': declaredMetrics(),
  'collector/stores/kinds.gen.ts': storeKinds(),
});
settle(await documents());
