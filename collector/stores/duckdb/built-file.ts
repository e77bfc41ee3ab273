import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The file of a module of this folder that a thread can run. Node 20 runs no TypeScript: from the sources (under a test runner) the built one is taken. */
export function builtFile(name: string): string {
  const here = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  if (existsSync(here)) return here;
  return fileURLToPath(new URL(`../../../dist/collector/stores/duckdb/${name}.js`, import.meta.url));
}
