import { afterEach, describe, expect, it } from 'vitest';
import type { Target } from './fields.ts';
import { startBmc } from './made-bmc.ts';
import type { MadeBmc } from './made-bmc.ts';
import { ilo } from './made-trees.ts';
import { pauseAfter, startRedfish } from './poller.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function bmcs(count: number): Promise<MadeBmc[]> {
  const made = await Promise.all(Array.from({ length: count }, () => startBmc({ tree: ilo })));
  ends.push(async () => void (await Promise.all(made.map((bmc) => bmc.close()))));
  return made;
}

function poll(
  made: readonly MadeBmc[],
  {
    period = 40,
    concurrency = 32,
    stored = () => Promise.resolve(),
  }: { period?: number; concurrency?: number; stored?: () => Promise<void> } = {},
) {
  const lines: string[] = [];
  const said: string[] = [];
  const events = { polls: 0, failed: [] as string[] };
  const none = { user: undefined, passwordFile: undefined, passwordKey: '', caFile: undefined, serverName: undefined, chassis: undefined };
  const targets = made.map(({ url }, at): Target => ({ node: `n${at}`, url, auth: 'session', insecure: false, ...none }));
  const poller = startRedfish({
    options: { period, timeout: 200, concurrency, cluster: 'c', targets },
    write: async (text) => {
      await stored();
      lines.push(...text.toString().trimEnd().split('\n'));
    },
    events: { polled: () => void events.polls++, pollFailed: (reason) => void events.failed.push(reason) },
    log: (level, message) => void said.push(`${level} ${message}`),
    random: () => 0,
  });
  ends.push(() => poller.close());
  return { poller, lines, said, events };
}

describe('the poller', () => {
  it('asks every BMC again and again, and stores what each says under its node', async () => {
    const { lines, poller } = poll(await bmcs(3));
    for (const node of ['n0', 'n1', 'n2']) {
      const watts = new RegExp(`^power,cluster=c,instance=${node},source=redfish node_watts=184 \\d{13}$`);
      await expect.poll(() => lines.filter((line) => watts.test(line)).length).toBeGreaterThan(2);
    }
    expect(poller.states()).toEqual({ answering: 3, failing: 0 });
  });

  it('asks no more BMCs at once than it may', async () => {
    let running = 0;
    const most: number[] = [];
    const { events } = poll(await bmcs(6), {
      concurrency: 2,
      stored: async () => {
        most.push(++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
      },
    });
    await expect.poll(() => events.polls).toBeGreaterThan(12);
    expect(Math.max(...most)).toBe(2);
  });

  it('says once what is wrong with one BMC and asks it less and less, while the others go on; says when it answers again', async () => {
    const made = await bmcs(2);
    const [bad] = made as [MadeBmc, MadeBmc];
    bad.mood = 'failing';
    const { said, events, lines, poller } = poll(made);
    await expect.poll(() => events.failed.length).toBeGreaterThan(1);
    expect(new Set(events.failed)).toEqual(new Set(['status']));
    expect(said).toEqual([expect.stringMatching(/^warning redfish n0 \(http:.*\): status: .* answered with 500; asked again in/)]);
    expect(lines.some((line) => line.includes('instance=n0'))).toBe(false);
    expect(poller.states()).toEqual({ answering: 1, failing: 1 });
    bad.mood = 'well';
    await expect.poll(() => said.length, { timeout: 5000 }).toBe(2);
    expect(said[1]).toBe('info redfish n0: answers again');
  });

  it('goes on asking where the stores are away, and counts what is lost', async () => {
    const { events, said, poller } = poll(await bmcs(1), { stored: () => Promise.reject(new Error('disk full')) });
    await expect.poll(() => events.failed.length).toBeGreaterThan(2);
    expect(new Set(events.failed)).toEqual(new Set(['store']));
    expect(said).toEqual([expect.stringContaining('disk full; asked again in 0 s')]);
    expect(poller.states()).toEqual({ answering: 1, failing: 0 });
  });

  it.each([
    [0, 30_000],
    [1, 60_000],
    [4, 480_000],
    [5, 600_000],
    [2000, 600_000],
  ])('after %d failures waits for %d ms', (failures, pause) => expect(pauseAfter(failures, 30_000)).toBe(pause));
});
