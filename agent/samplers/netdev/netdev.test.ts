import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import netdev from './index.ts';

const HEAD = 'Inter-|   Receive\n face |bytes    packets\n';
const row = (name: string, first: number) => `${name.padStart(6)}:${Array.from({ length: 16 }, (_, at) => first + at).join(' ')}\n`;

test("the sixteen columns have node_exporter's names, also where no blank follows the colon", async () => {
  const { root } = madeMachine({ '/proc/net/dev': HEAD + row('eth0', 1) });
  const values = await (await watch(netdev, root)).round();
  expect(Object.keys(values)).toHaveLength(16);
  expect(values).toMatchObject({
    'node_network_receive_bytes_total{device="eth0"}': 1,
    'node_network_receive_frame_total{device="eth0"}': 6,
    'node_network_receive_multicast_total{device="eth0"}': 8,
    'node_network_transmit_bytes_total{device="eth0"}': 9,
    'node_network_transmit_colls_total{device="eth0"}': 14,
    'node_network_transmit_compressed_total{device="eth0"}': 16,
  });
});

test('devices come, go and change places', async () => {
  const machine = madeMachine({ '/proc/net/dev': HEAD + row('lo', 1) + row('veth1', 20) });
  const watched = await watch(netdev, machine.root);
  await watched.round();
  machine.write('/proc/net/dev', HEAD + row('ib0', 40) + row('lo', 100));
  const values = await watched.round();
  expect(values).toMatchObject({
    'node_network_receive_bytes_total{device="lo"}': 100,
    'node_network_receive_bytes_total{device="ib0"}': 40,
  });
  expect(Object.keys(values).filter((key) => key.includes('veth1'))).toEqual([]);
});

test("on another root init's network namespace is the node's", async () => {
  const { root } = madeMachine({ '/proc/net/dev': HEAD + row('pod0', 1), '/proc/1/net/dev': HEAD + row('eth0', 1) });
  expect(Object.keys(await (await watch(netdev, root)).round())[0]).toContain('eth0');
});
