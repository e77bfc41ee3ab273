import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { startInfluxd } from './influxd.ts';
import { needsServer } from './needs-server.ts';
import { startNodeExporter } from './node-exporter.ts';
import { runPromtool, startPrometheus } from './prometheus.ts';
import { findProgram } from './programs.ts';
import type { Service } from './service.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

async function textAt(url: string): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(5000) })).text();
}

async function using(server: Service, work: (server: Service) => Promise<void>): Promise<void> {
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

needsServer('influxd')('influxd as a service', () => {
  it('is killed, comes back on its port with its data, and leaves nothing when stopped', async () => {
    let pid = 0;
    let dir = '';
    await using(await startInfluxd(), async (server) => {
      expect(server.version).toContain('influxdb 1.6');
      // Its headers come before the statement has run; the end of the body after.
      await (await fetch(`${server.url}/query?q=CREATE+DATABASE+kept`, { method: 'POST' })).text();
      const before = server.pid;
      await server.kill();
      expect(lives(before)).toBe(false);
      await expect(textAt(`${server.url}/ping`)).rejects.toThrow('fetch failed');
      await server.restart();
      expect(await textAt(`${server.url}/query?q=SHOW+DATABASES`)).toContain('"kept"');
      ({ pid, dir } = server);
    });
    expect(lives(pid)).toBe(false);
    expect(existsSync(dir)).toBe(false);
  });

  it.skipIf(findProgram('setpriv') === undefined)('dies with the process that started it, even when that is killed', async () => {
    const script = `
      import { startInfluxd } from './influxd.ts';
      const server = await startInfluxd();
      console.log(JSON.stringify({ pid: server.pid, dir: server.dir }));
      setInterval(() => {}, 1000);`;
    // Node 20 does not run TypeScript itself.
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', bundled(script)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(starter.stdout), 'line')) as [string];
    const { pid, dir } = JSON.parse(line) as { pid: number; dir: string };
    expect(lives(pid)).toBe(true);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await expect.poll(() => lives(pid), { timeout: 5000 }).toBe(false);
    rmSync(dir, { recursive: true, force: true });
  });
});

function bundled(script: string): string {
  const esbuild = new URL('../../node_modules/.bin/esbuild', import.meta.url).pathname;
  const args = ['--bundle', '--platform=node', '--format=esm', '--loader=ts'];
  return execFileSync(esbuild, args, { input: script, encoding: 'utf8', cwd: import.meta.dirname });
}

needsServer('victoria-metrics')('victoria-metrics as a service', () => {
  it('answers', async () => {
    await using(await startVictoriaMetrics(), async (server) => {
      expect(server.version).toMatch(/^victoria-metrics \d/);
      expect((await fetch(`${server.url}/ping`)).status).toBe(204);
    });
  });
});

needsServer(
  'prometheus',
  'promtool',
  'prometheus-node-exporter',
)('prometheus and node_exporter as services', () => {
  it('scrapes', async () => {
    await using(await startNodeExporter(['--collector.disable-defaults', '--collector.loadavg']), async (exporter) => {
      expect(await runPromtool(['check', 'metrics'], await textAt(`${exporter.url}/metrics`))).toMatchObject({ code: 0 });
      const job = `{ job_name: node, static_configs: [{ targets: ['127.0.0.1:${exporter.port}'] }] }`;
      await using(await startPrometheus(`global: { scrape_interval: 1s }\nscrape_configs: [${job}]\n`), async (prometheus) => {
        const up = async (): Promise<unknown> => JSON.parse(await textAt(`${prometheus.url}/api/v1/query?query=node_load1`));
        await expect.poll(up, { timeout: 20_000 }).toMatchObject({ data: { result: [{ metric: { job: 'node' } }] } });
      });
    });
  });
});
