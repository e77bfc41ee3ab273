import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// A clone in small: our prepare.mjs, and npm and the build replaced by scripts that leave behind what the real ones do.
const NPM = `
  import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
  if (process.env.OFFLINE) process.exit(1);
  console.log('npm ' + process.argv.slice(2).join(' '));
  mkdirSync('node_modules', { recursive: true });
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  delete packages['node_modules/other-system'];
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));`;
const BUILD = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  console.log('built');
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/.built', '');`;

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'vigie-clone-'));
  for (const folder of ['agent', 'collector', 'dashboards', 'deploy', 'test']) mkdirSync(join(clone, folder));
  for (const file of ['prepare.mjs', 'sources.mjs']) cpSync(join(import.meta.dirname, file), join(clone, 'deploy', file));
  write('npm.mjs', NPM);
  write('deploy/build.mjs', BUILD);
  write('agent/main.ts', '');
  lock('1.0.0');
  age();
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(join(clone, file), text);
}

function lock(version: string): void {
  const packages = {
    '': {},
    'node_modules/yaml': { version, integrity: `sha512-${version}` },
    'node_modules/other-system': { version, optional: true },
  };
  write('package-lock.json', JSON.stringify({ packages }));
}

/** Makes the sources a minute old, as they are in a clone some time after it was made. */
function age(): void {
  const then = Date.now() / 1000 - 60;
  for (const path of [
    'agent',
    'collector',
    'dashboards',
    'deploy',
    'test',
    'agent/main.ts',
    'deploy/build.mjs',
    'deploy/prepare.mjs',
    'deploy/sources.mjs',
    'package-lock.json',
  ])
    utimesSync(join(clone, path), then, then);
}

function prepare(env: Record<string, string> = {}): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['deploy/prepare.mjs'], {
    cwd: clone,
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: join(clone, 'npm.mjs'), ...env },
  });
  return { code: status, said: stdout + stderr };
}

const INSTALLED = 'npm ci';

describe('a clone', () => {
  it('is made ready the first time, and left alone from then on', () => {
    expect(prepare()).toEqual({ code: 0, said: expect.stringMatching(new RegExp(`${INSTALLED}[^]*built\n`)) });
    expect(prepare()).toEqual({ code: 0, said: '' });
  });

  it('is installed again when a dependency in the lock file has changed or is not there', () => {
    prepare();
    lock('1.0.1');
    age();
    expect(prepare().said).toContain(INSTALLED);
    expect(prepare().said).toBe('');
    rmSync(join(clone, 'node_modules/.package-lock.json'));
    expect(prepare().said).toContain(INSTALLED);
  });

  it('is built again when a source is newer, has come or has gone, but not for a test', () => {
    prepare();
    const later = statSync(join(clone, 'dist/.built')).mtimeMs / 1000 + 1;
    const changes = [
      () => write('agent/main.ts', '// changed'),
      () => write('agent/more.ts', ''),
      () => rmSync(join(clone, 'agent/more.ts')),
    ];
    for (const [at, change] of changes.entries()) {
      age();
      utimesSync(join(clone, 'dist/.built'), later, later);
      expect(prepare().said, `before change ${at}`).toBe('');
      utimesSync(join(clone, 'dist/.built'), Date.now() / 1000 - 30, Date.now() / 1000 - 30);
      change();
      expect(prepare().said, `after change ${at}`).toContain('built');
    }
    age();
    write('agent/main.test.ts', '');
    utimesSync(join(clone, 'agent'), 0, 0);
    expect(prepare().said).toBe('');
  });

  it('says that it needs the network when it has none', () => {
    const { code, said } = prepare({ OFFLINE: '1' });
    expect(code).toBe(1);
    expect(said).toContain('the first run needs the network');
  });
});
