import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentFields } from '../../agent/config.ts';
import { built, startCollectorProgram, startProgram, temporaryFolder } from '../../test/collector.ts';
import { collectorFields } from '../config.ts';
import { AGENT_KEYS } from './load-options.ts';

const program = `${built}collector/cli/main.js`;

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => made.remove());
  return made.path;
}

/** Runs a command whose output nobody reads. */
async function unread(...args: string[]): Promise<{ readonly status: unknown; readonly errors: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let errors = '';
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, errors };
}

async function check(text: string): Promise<{ readonly status: unknown; readonly output: string }> {
  const file = join(folder(), 'some.yaml');
  writeFileSync(file, text);
  const running = startProgram('collector/cli/main.js', ['check', '--config', file]);
  const [status] = (await once(running.child, 'close')) as [number | null];
  return { status, output: running.output() };
}

describe('what commands say', () => {
  it('ends quietly where the reader has gone', async () => {
    const data = folder();
    const config = join(data, 'collector.yaml');
    writeFileSync(config, 'listen: 127.0.0.1:9797\n');
    for (const args of [['metrics'], ['help'], ['version'], ['check', '--config', config], ['token', 'n1', '--data', data]]) {
      expect({ args, ...(await unread(...args)) }).toEqual({ args, status: 0, errors: '' });
    }
  });

  it('does not end a collector whose log nobody reads any more', async () => {
    const collector = await startCollectorProgram(folder());
    onTestFinished(() => collector.kill());
    collector.child.stderr?.destroy();
    expect(await collector.stop()).toBe(0);
  });
});

describe('vigie check', () => {
  it("says of an agent's file that it is one, and what checks it", async () => {
    const { status, output } = await check('collector: http://c:9797\nperiod: 5s\n');
    expect(status).toBe(2);
    expect(output).toMatch(
      /looks like an agent's \(it has collector, period\); check it with: vigie-agent --check --config \S+some\.yaml\n$/,
    );
    const example = await check(readFileSync(new URL('../../deploy/examples/agent.yaml', import.meta.url), 'utf8'));
    expect(example).toMatchObject({ status: 2, output: expect.stringContaining("looks like an agent's") as string });
  });

  it("names the faults of a collector's file that has an agent's key in it", async () => {
    const { status, output } = await check('listen: nowhere\nperiod: 5s\n');
    expect(status).toBe(2);
    expect(output).toContain('2 faults');
    expect(output).toContain('period: unknown key');
  });

  it("knows every key of an agent's configuration, and none that is a collector's", () => {
    expect(AGENT_KEYS.toSorted()).toEqual(Object.keys(agentFields([])).toSorted());
    expect(AGENT_KEYS.filter((key) => Object.hasOwn(collectorFields, key))).toEqual([]);
  });
});
