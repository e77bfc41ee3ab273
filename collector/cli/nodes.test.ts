import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startCollectorProgram, startProgram, temporaryFolder } from '../../test/collector.ts';
import type { NodeSummary } from '../api/nodes.ts';
import { nodeListing } from './nodes.ts';

const alive: NodeSummary = {
  name: 'dahu-1',
  cluster: 'dahu',
  state: 'alive',
  silentSeconds: 0.4,
  periodSeconds: 1,
  series: 285,
  clockSeconds: 0,
  refusal: null,
  cpus: 8,
  cpuRatio: 0.256,
  load1: 2.5,
  memoryTotalBytes: 8,
  memoryUsedBytes: 6,
  filesystem: null,
  networkReceiveRate: null,
  networkTransmitRate: null,
  diskReadRate: null,
  diskWriteRate: null,
  temperature: null,
  uptimeSeconds: null,
};

describe('the list of nodes', () => {
  it('has a line a node, the worst state first, and the counts under them', () => {
    const down: NodeSummary = {
      ...alive,
      name: 'dahu-2',
      state: 'down',
      silentSeconds: 7300,
      refusal: { reason: 'too late', agoSeconds: 30 },
    };
    expect(nodeListing([alive, down])).toBe(
      [
        'NODE    CLUSTER  STATE  LAST SEEN  CPU    LOAD  MEMORY  SERIES  LAST REFUSAL',
        'dahu-2  dahu     down      2h ago    -       -       -     285  30s ago: too late',
        'dahu-1  dahu     alive     0s ago  26%  2.50/8     75%     285',
        '',
        '2 nodes: 1 alive, 0 late, 1 down',
        '',
      ].join('\n'),
    );
  });

  it('says what is not known, rather than nothing or zero', () => {
    const silent: NodeSummary = { ...alive, silentSeconds: null, cpuRatio: null, load1: null, memoryTotalBytes: null };
    expect(nodeListing([silent])).toMatch(/alive +never +- +- +- +285\n/);
    expect(nodeListing([])).toBe('No node has sent anything yet.\n');
  });

  it('lets nothing that a node sends move the cursor of its reader', () => {
    const listing = nodeListing([{ ...alive, cluster: '\u001b[2J', refusal: { reason: 'a\r\u202eb', agoSeconds: 1 } }]);
    expect(listing.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('vigie nodes', () => {
  const folder = temporaryFolder();
  let collector: Awaited<ReturnType<typeof startCollectorProgram>>;
  beforeAll(async () => {
    collector = await startCollectorProgram(folder.path);
  });
  afterAll(async () => {
    await collector?.stop();
    folder.remove();
  });

  it('lists what a running collector knows', async () => {
    await post(
      collector.url,
      `node,instance=dahu-7,cluster=dahu load1=1.25 ${Date.now()}\nnode,instance=dahu-7 load5=1 ${Date.now() + 86_400_000}\n`,
    );
    const { status, output } = await run(collector.url);
    expect(output).toMatch(/dahu-7 +dahu +alive +\d+s ago +- +1\.25\/\? +- +\d+ +\d+s ago: \S/);
    expect(status).toBe(0);
  });

  it('says what to do where nobody answers, and where it is no collector', async () => {
    const nobody = await run('http://127.0.0.1:1');
    expect(nobody.output).toContain('no collector answers at http://127.0.0.1:1');
    expect(nobody.status).toBe(1);
    const wrong = await run(`${collector.url}/metrics`);
    expect(wrong.output).toContain('answers 404; is it a collector of Vigie?');
    expect((await run('localhost')).status).toBe(2);
  });
});

async function run(url: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const program = startProgram('collector/cli/main.js', ['nodes', '--url', url]);
  const status = await new Promise<number | null>((resolve) => program.child.once('close', resolve));
  return { status, output: program.output() };
}
