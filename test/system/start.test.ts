import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { exported, openCollector, post, startCollectorProgram, startProgram, temporaryFolder } from '../collector.ts';
import type { Running } from '../collector.ts';
import { freePort } from '../services/free-port.ts';

async function failing(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const program = startProgram('collector/cli/main.js', args);
  const code = await new Promise<number | null>((resolve) => program.child.once('close', (status) => resolve(status)));
  return { code, output: program.output() };
}

describe('a collector that cannot start says why', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('names all three faults of a configuration with their paths and suggestions, and exits 2', async () => {
    const config = join(folder.path, 'faulty.yaml');
    writeFileSync(config, 'listen: nowhere\nstores:\n  dukdb: {}\nlimits:\n  body: 8 apples\n');
    for (const command of ['start', 'check']) {
      const { code, output } = await failing([command, '--config', config]);
      expect(code).toBe(2);
      expect(output).toContain(`${config}: 3 faults`);
      expect(output).toMatch(/listen: "nowhere" is not HOST:PORT; write it like 127\.0\.0\.1:9797/);
      expect(output).toMatch(/stores\.dukdb: unknown key; did you mean duckdb\?/);
      expect(output).toMatch(/limits\.body: "8 apples" is not a size; write a number with/);
    }
  });

  it('says what to do where its port is in use, and leaves the other alone', async () => {
    const collector = await openCollector(join(folder.path, 'first'));
    const { host, port } = new URL(collector.url);
    const { code, output } = await failing(['start', '--no-agent', '--listen', host, '--data', join(folder.path, 'second')]);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`${host} is in use; stop what listens there \\(ss -ltnp.*${port}.*--listen 127.0.0.1:${Number(port) + 1}`),
      ),
    ]);
    expect((await fetch(`${collector.url}/healthz`)).status).toBe(200);
    await collector.close();
  });

  it('does not listen to the world without tokens, and says how to make them', async () => {
    const data = join(folder.path, 'open');
    const { code, output } = await failing(['start', '--no-agent', '--listen', `0.0.0.0:${await freePort()}`, '--data', data]);
    expect([code, output]).toEqual([1, expect.stringContaining(`vigie token NODE --data ${data}`)]);
  });
});

describe('a collector stopped and started again', () => {
  const folder = temporaryFolder();
  let collector: Running & { readonly url: string };
  afterEach(async () => collector.kill());
  afterAll(() => folder.remove());

  it('answers every sample it has acknowledged, after SIGKILL in the midst of ingest, three times over', async () => {
    const acknowledged = new Set<number>();
    let next = 0;
    for (let round = 0; round < 3; round++) {
      collector = await startCollectorProgram(folder.path, { stores: { duckdb: { commit: '50ms' } } });
      const { url } = collector;
      let killed = false;
      const send = async (): Promise<void> => {
        while (!killed) {
          const at = next++;
          const answer = await post(url, `kill,instance=k${at % 7} v=${at} ${Date.now()}\n`).catch(() => undefined);
          if (answer?.status === 204) acknowledged.add(at);
        }
      };
      const senders = Array.from({ length: 8 }, send);
      await pause(700);
      await collector.kill();
      killed = true;
      await Promise.all(senders);
    }
    collector = await startCollectorProgram(folder.path);
    const found = (await exported(collector.url, 'kill_v')).flatMap(({ values }) => values);
    expect(acknowledged.size).toBeGreaterThan(50);
    expect(new Set(found).size).toBe(found.length);
    expect([...acknowledged].filter((at) => !found.includes(at))).toEqual([]);
  });
});
