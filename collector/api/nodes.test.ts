import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startCollectorProgram, temporaryFolder } from '../../test/collector.ts';
import type { NodeSummary } from './nodes.ts';

describe('the summary of a node', () => {
  const folder = temporaryFolder();
  let collector: Awaited<ReturnType<typeof startCollectorProgram>>;
  beforeAll(async () => {
    collector = await startCollectorProgram(folder.path);
  });
  afterAll(async () => {
    await collector?.stop();
    folder.remove();
  });

  /** Posts readings of one node, 5 s apart; the newest is of now. */
  const summaries = async (query: string, ...readings: readonly (readonly string[])[]): Promise<readonly NodeSummary[]> => {
    const now = Date.now();
    const lines = readings.flatMap((reading, index) => reading.map((line) => `${line} ${now - (readings.length - 1 - index) * 5000}\n`));
    expect(await post(collector.url, lines.join(''))).toMatchObject({ status: 204 });
    const answer = await fetch(`${collector.url}/api/v1/nodes${query}`);
    return ((await answer.json()) as { data: readonly NodeSummary[] }).data;
  };

  it('has rates between the last two samples, and what was sent', async () => {
    const [node] = await summaries('?node=a', reading(1), reading(2));
    expect(node).toMatchObject({
      name: 'a',
      state: 'alive',
      networkReceiveRate: 1000,
      networkTransmitRate: 0,
      filesystem: { mountpoint: '/home', usedRatio: 0.9 },
      temperature: { sensor: 'cpu', celsius: 61 },
    });
    expect(node?.cpuRatio).toBeCloseTo(0.8);
  });

  it('leaves unknown what was never sent, was sent once, or was reset', async () => {
    const [node] = await summaries(
      '?node=b',
      ['node_disk,instance=b,device=sda read_bytes_total=50'],
      ['node_disk,instance=b,device=sda read_bytes_total=10', 'node_disk,instance=b,device=sda written_bytes_total=10'],
    );
    const unknown = { cpuRatio: null, load1: null, memoryUsedBytes: null, filesystem: null, temperature: null, uptimeSeconds: null };
    expect(node).toMatchObject({ ...unknown, diskReadRate: null, diskWriteRate: null });
  });

  it('forgets a disk and a sensor that have gone while the node goes on', async () => {
    const disk = 'node_disk,instance=c,device=sdb read_bytes_total=';
    const sensor = 'node_hwmon,instance=c,chip=gone,sensor=temp1 temp_celsius=90';
    const load = 'node,instance=c load1=1';
    const readings = [0, 5000, 10_000].map((bytes) => [disk + bytes, sensor, load]);
    const [before] = await summaries('?node=c', ...readings);
    expect(before).toMatchObject({ diskReadRate: 1000, temperature: { sensor: 'gone' } });
    const later = Date.now() + 60_000;
    await post(collector.url, `${load} ${later}\n`);
    const [after] = await summaries('?node=c');
    expect(after).toMatchObject({ load1: 1, diskReadRate: null, temperature: null });
  });

  it('comes by cluster and name, numbers in names as numbers', async () => {
    await post(collector.url, ['n10', 'n9'].map((name) => `node,cluster=z,instance=${name} load1=1 ${Date.now()}\n`).join(''));
    const all = await summaries('');
    expect(all.filter(({ cluster }) => cluster === 'z').map(({ name }) => name)).toEqual(['n9', 'n10']);
  });
});

function reading(tick: number): string[] {
  return [
    `node_cpu,instance=a,cpu=0,mode=user seconds_total=${tick * 4}`,
    `node_cpu,instance=a,cpu=0,mode=iowait seconds_total=${tick * 0.5}`,
    `node_cpu,instance=a,cpu=0,mode=idle seconds_total=${tick * 0.5}`,
    `node_network,instance=a,device=eth0 receive_bytes_total=${tick * 5000},transmit_bytes_total=7`,
    `node_network,instance=a,device=lo receive_bytes_total=${tick * 9e9},transmit_bytes_total=${tick * 9e9}`,
    `node_filesystem,instance=a,mountpoint=/ size_bytes=100,avail_bytes=60`,
    `node_filesystem,instance=a,mountpoint=/home size_bytes=100,avail_bytes=10`,
    `node_hwmon,instance=a,chip=cpu,sensor=temp1 temp_celsius=61`,
    `node_hwmon,instance=a,chip=nvme,sensor=temp1 temp_celsius=40`,
  ];
}
