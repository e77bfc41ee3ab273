import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, packages } from '../services/programs.ts';
import { missingBefore } from './nvml-since.ts';

/** A made libnvidia-ml.so.1 with its scenario; the words of scenarios stand at the head of fake-nvml.c. */
export interface FakeNvml {
  readonly library: string;
  /** What the process that loads the library needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the scenario; the library sees it at its next call. */
  say(...lines: readonly string[]): void;
  remove(): void;
}

/** Which library is made. */
export interface FakeNvmlOptions {
  /** Branch of the driver, by which newer symbols are missing; none is, where this is absent. */
  readonly branch?: number;
  /** More symbols that it does not have. */
  readonly without?: readonly string[];
}

/** What the library cannot be built without and this machine lacks, in words; undefined where it has all. */
export const noFakeNvml: string | undefined = findProgram('gcc') === undefined ? `gcc (Debian package ${packages.gcc})` : undefined;

/** Makes a library of its own, with state of its own even beside others in one process, and gives it a scenario. */
export function fakeNvml(scenario: readonly string[], { branch, without = [] }: FakeNvmlOptions = {}): FakeNvml {
  const built = buildFakeNvml([...(branch === undefined ? [] : missingBefore(branch)), ...without]);
  const folder = mkdtempSync(join(tmpdir(), 'vigie-nvml-'));
  const library = join(folder, 'libnvidia-ml.so.1');
  copyFileSync(built, library);
  const file = join(folder, 'scenario');
  const say = (...lines: readonly string[]): void => {
    // Renamed into place, so that the library never reads half of it.
    writeFileSync(`${file}.new`, lines.map((line) => `${line}\n`).join(''));
    renameSync(`${file}.new`, file);
  };
  say(...scenario);
  return { library, env: { VIGIE_FAKE_NVML: file }, say, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

// Compiled once per source, linked once per set of missing symbols; kept in the system's folder for temporary files.
function buildFakeNvml(without: readonly string[]): string {
  const sources = ['fake-nvml.c', 'fake-nvml-profiles.h'].map((name) => new URL(name, sourceFolder()).pathname);
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const script = `{ global: nvml*; fake*; local: ${['*', ...[...without].sort()].join('; ')}; };\n`;
  const folder = join(tmpdir(), `vigie-fake-nvml-${process.getuid?.() ?? 0}-${hash.digest('hex').slice(0, 16)}`);
  const library = join(folder, `${createHash('sha256').update(script).digest('hex').slice(0, 16)}.so`);
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  const own = mkdtempSync(join(folder, 'build-'));
  const object = join(folder, 'fake.o');
  if (!existsSync(object)) {
    gcc('-c', '-fPIC', '-O2', '-o', join(own, 'fake.o'), sources[0] ?? '');
    renameSync(join(own, 'fake.o'), object);
  }
  writeFileSync(join(own, 'symbols'), script);
  gcc(
    '-shared',
    '-Wl,-soname,libnvidia-ml.so.1',
    `-Wl,--version-script=${join(own, 'symbols')}`,
    '-o',
    join(own, 'fake.so'),
    object,
    '-lm',
  );
  renameSync(join(own, 'fake.so'), library);
  rmSync(own, { recursive: true });
  return library;
}

// The bench runs compiled, from dist/, where there is no C.
function sourceFolder(): URL {
  const beside = new URL('.', import.meta.url);
  return existsSync(new URL('fake-nvml.c', beside)) ? beside : new URL('../../../test/gpu/', beside);
}

function gcc(...args: readonly string[]): void {
  execFileSync('gcc', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
