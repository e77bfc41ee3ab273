import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsServer } from '../../test/services/needs-server.ts';
import { programPath } from '../../test/services/programs.ts';

const root = join(import.meta.dirname, '../..');

function unit(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}

/** The values of a key, in their order. */
function valuesOf(text: string, key: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

describe("the agent's unit", () => {
  const text = unit('vigie-agent.service');
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'vigie-unit-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('starts it with the flags and the environment that its own first line names', () => {
    const [firstLine = ''] = readFileSync(join(root, 'agent/main.ts'), 'utf8').split('\n');
    const [, environment, flags] = /^#!\/usr\/bin\/env -S (\S+=\S+) node (.*)$/.exec(firstLine) ?? [];
    expect(valuesOf(text, 'Environment')).toEqual([environment]);
    expect(valuesOf(text, 'ExecStart')[0]).toContain(`env node ${flags} /usr/local/bin/vigie-agent `);
  });

  it('runs the bundled agent, alone in a folder, with the example configuration', () => {
    const agent = join(folder, 'vigie-agent');
    execFileSync(process.execPath, [join(root, 'deploy/bundle.mjs'), agent]);
    writeFileSync(join(folder, 'token'), 'none\n');
    const [command = ''] = valuesOf(text, 'ExecStart');
    const [program = '', ...args] = command
      .replace('/usr/local/bin/vigie-agent', agent)
      .replace('/etc/vigie/agent.yaml', join(root, 'deploy/examples/agent.yaml'))
      .split(' ');
    const ran = spawnSync(program, [...args, '--once'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, CREDENTIALS_DIRECTORY: folder },
    });
    expect(ran.stderr).not.toMatch(/error|fault/i);
    expect(ran.stdout).toMatch(/^node_memory_MemTotal_bytes\{.*cluster="default".*\} \d/m);
    expect(ran.status).toBe(0);
  });
});

describe("the collector's unit", () => {
  it('starts it with the flags that its own first line names, as npm start does', () => {
    const [firstLine = ''] = readFileSync(join(root, 'collector/cli/main.ts'), 'utf8').split('\n');
    const [, flags] = /^#!\/usr\/bin\/env -S node (--.*)$/.exec(firstLine) ?? [];
    expect(flags).toBeDefined();
    expect(valuesOf(unit('vigie-collector.service'), 'ExecStart')[0]).toContain(`env node ${flags} /opt/vigie/dist/collector/cli/main.js `);
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['start']).toContain(`node ${flags} dist/collector/cli/main.js `);
  });
});

describe("the collector's unit", () => {
  it('starts it with the flags that its own first line names', () => {
    const [firstLine = ''] = readFileSync(join(root, 'collector/cli/main.ts'), 'utf8').split('\n');
    const [, flags] = /^#!\/usr\/bin\/env -S node (.*)$/.exec(firstLine) ?? [];
    expect(valuesOf(unit('vigie-collector.service'), 'ExecStart')[0]).toContain(`env node ${flags} /opt/vigie/dist/`);
    expect(readFileSync(join(root, 'package.json'), 'utf8')).toContain(`node ${flags} dist/collector/cli/main.js start`);
  });
});

describe.each(['vigie-agent.service', 'vigie-collector.service'])('%s', (name) => {
  it('is started again whenever it ends, and lets V8 make machine code', () => {
    expect(valuesOf(unit(name), 'Restart')).toEqual(['always']);
    expect(valuesOf(unit(name), 'StartLimitIntervalSec')).toEqual(['0']);
    expect(valuesOf(unit(name), 'MemoryDenyWriteExecute')).toEqual([]);
  });
});

needsServer('systemd-analyze')('systemd', () => {
  // Exposure as systemd 252 counts it, times ten; node_exporter's and Telegraf's units have 92.
  it.each([
    ['vigie-agent.service', 21],
    ['vigie-collector.service', 15],
  ])('takes %s as it is, and counts its exposure at most %d tenths', (name, most) => {
    const file = join(import.meta.dirname, name);
    const analyze = (...args: string[]) => spawnSync(programPath('systemd-analyze'), [...args, file], { encoding: 'utf8' });
    const verified = analyze('verify', '--man=no');
    expect(verified.stdout + verified.stderr).toBe('');
    expect(verified.status).toBe(0);
    const scored = analyze('security', '--offline=true', '--no-pager', `--threshold=${most}`);
    expect({ status: scored.status, verdict: scored.stdout.split('\n').at(-2) }).toMatchObject({ status: 0 });
  });
});
