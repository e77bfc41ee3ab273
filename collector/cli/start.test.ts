import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exported, post, startCollectorProgram, startProgram, temporaryFolder } from '../../test/collector.ts';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function folder(): string {
  const made = temporaryFolder();
  cleanups.push(() => made.remove());
  return made.path;
}

/** Runs a command that is to end by itself. */
async function vigie(...args: string[]): Promise<{ readonly status: unknown; readonly output: string }> {
  const program = startProgram('collector/cli/main.js', args);
  const [status] = await once(program.child, 'close');
  return { status, output: program.output() };
}

describe('vigie start', () => {
  it('leaves the data of a running collector alone: the second is refused, and the first keeps all it has stored', async () => {
    const data = folder();
    const first = await startCollectorProgram(data);
    cleanups.push(() => first.stop());
    await post(first.url, `m,instance=a v=1 ${Date.now()}\n`);
    await exported(first.url, 'm_v');
    const second = await vigie('start', '--no-agent', '--data', data, '--listen', '127.0.0.1:0');
    expect(second.output).toContain(`${join(data, 'duckdb')} is in use by process ${first.pid}; stop that collector`);
    expect(second.status).toBe(1);
    await post(first.url, `m,instance=a v=2 ${Date.now() + 1}\n`);
    expect((await exported(first.url, 'm_v')).map(({ values }) => values)).toEqual([[1, 2]]);
    await first.stop();
    const again = await startCollectorProgram(data);
    cleanups.push(() => again.stop());
    expect((await exported(again.url, 'm_v')).map(({ values }) => values)).toEqual([[1, 2]]);
    expect(readdirSync(join(data, 'duckdb')).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('ends where a port is taken or a store cannot be opened, with what to do', async () => {
    const first = await startCollectorProgram(folder());
    cleanups.push(() => first.stop());
    const { host } = new URL(first.url);
    const taken = await vigie('start', '--no-agent', '--data', folder(), '--listen', host);
    expect(taken).toEqual({ status: 1, output: expect.stringContaining(`${host} is in use; stop what listens there`) });
    const open = await vigie('start', '--no-agent', '--data', folder(), '--listen', '0.0.0.0:0');
    expect(open).toEqual({ status: 1, output: expect.stringContaining('vigie token NODE --data') });
  });
});

describe('vigie', () => {
  it('says how a command is called that was called wrongly', async () => {
    expect(await vigie('start', '--lisen', 'x')).toEqual({
      status: 2,
      output: expect.stringMatching(/Unknown option '--lisen'.*; usage: vigie start/),
    });
    expect(await vigie('chek')).toEqual({ status: 2, output: expect.stringContaining('did you mean check') });
  });
});
