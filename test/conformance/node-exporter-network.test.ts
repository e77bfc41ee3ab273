import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SamplerKind } from '../../agent/sampler.ts';
import infiniband from '../../agent/samplers/infiniband/index.ts';
import nfs from '../../agent/samplers/nfs/index.ts';
import { madeMachine } from '../machines/made-machine.ts';
import { needsServer } from '../services/needs-server.ts';
import { startNodeExporter } from '../services/node-exporter.ts';
import { parseExposition } from './prometheus-text.ts';
import type { Family } from './prometheus-text.ts';
import { readOnce } from './read-once.ts';

// Of later versions than 1.5, to which the others are compared, or our own.
const LATER = /^(node_mountstats_nfs_(mountpoint_info|operations_errors_total)|nfs_mounts_left_out)$/;

const many = (count: number, from: number): string => Array.from({ length: count }, (_, at) => from + at).join(' ');

const NFS = {
  '/proc/net/rpc/nfs': `net 18628 5 18623 6\nrpc 4329785 3 4338291\nproc2 18 ${many(18, 1)}\nproc3 22 ${many(22, 50)}\nproc4 69 ${many(69, 100)}\n`,
  '/proc/4242/mountinfo': '21 1 0:50 / /mnt rw,noatime - nfs4 srv:/a rw,vers=4.2,clientaddr=10.0.0.9,addr=10.0.0.1\n',
  '/proc/4242/mountstats': `device srv:/a mounted on /mnt with fstype nfs4 statvers=1.1
	opts:	rw,vers=4.2,proto=tcp
	age:	13968
	events:	${many(27, 500)} 
	bytes:	${many(8, 700)} 
	RPC iostats version: 1.1  p/v: 100003/4 (nfs)
	xprt:	tcp ${many(13, 800)}
	per-op statistics
	        NULL: 1 2 0 44 24 0 0 0
	        READ: 1298 1300 1 207680 1210292152 6 79386 79407
	       WRITE: 2927395007 2927394995 0 526931094212 362996810236 7 1667369447 1953587717

`,
};

const port = (device: string, files: Readonly<Record<string, string>>): Record<string, string> => {
  const base = `/sys/class/infiniband/${device}`;
  const state = { state: '4: ACTIVE', phys_state: '5: LinkUp', rate: '2.5 Gb/sec (1X SDR)' };
  return Object.fromEntries([
    [`${base}/fw_ver`, '16.35\n'],
    [`${base}/board_id`, 'MT_1\n'],
    [`${base}/hca_type`, 'MT4099\n'],
    ...Object.entries({ ...state, ...files }).map(([file, text]) => [`${base}/ports/1/${file}`, `${text}\n`]),
  ]) as Record<string, string>;
};

const counted = [
  'excessive_buffer_overrun_errors',
  'link_downed',
  'link_error_recovery',
  'local_link_integrity_errors',
  'multicast_rcv_packets',
]
  .concat(['multicast_xmit_packets', 'port_rcv_constraint_errors', 'port_rcv_data', 'port_rcv_discards', 'port_rcv_errors'])
  .concat(['port_rcv_packets', 'port_rcv_remote_physical_errors', 'port_rcv_switch_relay_errors', 'port_xmit_constraint_errors'])
  .concat(['port_xmit_data', 'port_xmit_discards', 'port_xmit_packets', 'port_xmit_wait', 'symbol_error', 'unicast_rcv_packets'])
  .concat(['unicast_xmit_packets', 'VL15_dropped']);
const extended = ['port_multicast_rcv_packets', 'port_multicast_xmit_packets', 'port_rcv_data_64', 'port_rcv_packets_64'].concat([
  'port_unicast_rcv_packets',
  'port_unicast_xmit_packets',
  'port_xmit_data_64',
  'port_xmit_packets_64',
]);
const numbered = (folder: string, files: readonly string[], from: number): Record<string, string> =>
  Object.fromEntries(files.map((file, at) => [`${folder}/${file}`, String(from + at)]));

const PORTS = {
  ...port('mlx4_0', { ...numbered('counters', counted, 100), ...numbered('counters_ext', extended, 1000) }),
  ...port('hfi1_0', { 'counters/port_rcv_data': '7' }),
};

needsServer('prometheus-node-exporter')('the network as node_exporter has it', () => {
  test.each<[string, SamplerKind, Readonly<Record<string, string>>, RegExp]>([
    ['ports of InfiniBand', infiniband, PORTS, /^node_infiniband_/],
    ['calls and mounts of NFS', nfs, NFS, /^node_(nfs|mountstats_nfs)_/],
  ])('%s: names, kinds, help, labels and values are equal', async (_, kind, files, names) => {
    const { root } = madeMachine({ ...files, '/proc/4242/stat': '', '/sys/kernel/x': '' });
    symlinkSync('4242', `${root}/proc/self`);
    const exporter = await startNodeExporter([`--path.procfs=${root}/proc`, `--path.sysfs=${root}/sys`, '--collector.mountstats']);
    try {
      const response = await fetch(`${exporter.url}/metrics`, { signal: AbortSignal.timeout(20_000) });
      const theirs = parseExposition(await response.text());
      const ours = parseExposition((await readOnce(root, { kinds: [kind] })).text);
      const compared = [...ours].filter(([name]) => !LATER.test(name));
      expect(compared.length).toBeGreaterThan(10);
      for (const [name, family] of compared) expect({ name, ...family }).toEqual({ name, ...theirs.get(name) });
      const left = [...theirs.keys()].filter((name) => names.test(name) && !ours.has(name));
      expect(left.filter((name) => !/_(event|transport)_/.test(name))).toEqual([]);
    } finally {
      await exporter.stop();
    }
  });
});

const values = (family: Family | undefined): object => Object.fromEntries(family?.series ?? []);

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded ports and calls, because VIGIE_TEST_DATA does not say where they are');

needsServer('prometheus-node-exporter')('a recorded network as node_exporter has it', () => {
  test.skipIf(data === undefined)('every port and call is equal', async () => {
    const tree = `${data}/machines/procfs`;
    const exporter = await startNodeExporter([`--path.procfs=${tree}/proc`, `--path.sysfs=${tree}/sys`]);
    try {
      const response = await fetch(`${exporter.url}/metrics`, { signal: AbortSignal.timeout(20_000) });
      const theirs = parseExposition(await response.text());
      const ours = parseExposition((await readOnce(tree, { kinds: [infiniband, nfs] })).text);
      const shared = [...ours.keys()].filter((name) => theirs.has(name));
      expect(shared.length).toBeGreaterThan(30);
      for (const name of shared.filter((other) => !other.includes('requests'))) {
        expect({ name, ...values(ours.get(name)) }).toEqual({ name, ...values(theirs.get(name)) });
      }
    } finally {
      await exporter.stop();
    }
  });
});
