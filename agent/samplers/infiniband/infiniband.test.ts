import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import infiniband from './index.ts';

const folder = (device: string, port = 1): string => `/sys/class/infiniband/${device}/ports/${port}`;

function port(device: string, counters: Readonly<Record<string, string>>, number = 1): Record<string, string> {
  const base = folder(device, number);
  return {
    [`/sys/class/infiniband/${device}/fw_ver`]: '16.1\n',
    [`/sys/class/infiniband/${device}/board_id`]: 'MT_1\n',
    [`${base}/state`]: '4: ACTIVE\n',
    [`${base}/phys_state`]: '5: LinkUp\n',
    [`${base}/rate`]: '2.5 Gb/sec (1X SDR)\n',
    ...Object.fromEntries(Object.entries(counters).map(([file, text]) => [`${base}/${file}`, `${text}\n`])),
  };
}

const traffic = {
  'counters/port_rcv_data': '100',
  'counters/port_xmit_data': '200',
  'counters/port_rcv_packets': '3',
  'counters/port_xmit_packets': '4',
};
const received = (device: string): string => `node_infiniband_port_data_received_bytes_total{device="${device}",port="1"}`;
const errors = (device: string): string => `node_infiniband_symbol_error_total{device="${device}",port="1"}`;

test('words become bytes, gigabits bytes a second, and states numbers', async () => {
  const files = { ...traffic, 'counters/symbol_error': '7', 'hw_counters/out_of_buffer': '9', 'hw_counters/lifespan': '10' };
  const { root } = madeMachine(port('mlx5_0', files));
  const labels = '{device="mlx5_0",port="1"}';
  expect(await (await watch(infiniband, root)).round()).toEqual({
    [received('mlx5_0')]: 400,
    [`node_infiniband_port_data_transmitted_bytes_total${labels}`]: 800,
    [`node_infiniband_port_packets_received_total${labels}`]: 3,
    [`node_infiniband_port_packets_transmitted_total${labels}`]: 4,
    [errors('mlx5_0')]: 7,
    [`node_infiniband_out_of_buffer_drops_total${labels}`]: 9,
    [`node_infiniband_state_id${labels}`]: 4,
    [`node_infiniband_physical_state_id${labels}`]: 5,
    [`node_infiniband_rate_bytes_per_second${labels}`]: 312_500_000,
    'node_infiniband_info{device="mlx5_0",board_id="MT_1",firmware_version="16.1",hca_type=""}': 1,
  });
});

test.each([
  ['a counter saturated at 32 bits', '4294967295'],
  ['a port without a management agent', 'N/A (no PMA)'],
  ['an empty file', ''],
])('%s is a gap, and the other counters stay', async (_, text) => {
  const { root } = madeMachine(port('hfi1_0', { ...traffic, 'counters/port_rcv_data': text, 'counters/symbol_error': text }));
  const values = await (await watch(infiniband, root)).round();
  expect(values).not.toHaveProperty([received('hfi1_0')]);
  expect(values).not.toHaveProperty([errors('hfi1_0')]);
  expect(values).toMatchObject({ 'node_infiniband_port_packets_received_total{device="hfi1_0",port="1"}': 3 });
});

test('traffic is read every round, the rest twice a minute, port by port in turn', async () => {
  let now = 0;
  const machine = madeMachine({
    ...port('mlx5_0', { ...traffic, 'counters/symbol_error': '1' }),
    ...port('mlx5_1', { ...traffic, 'counters/symbol_error': '1' }),
  });
  const watched = await watch(infiniband, machine.root, { now: () => now });
  const slow: Record<string, number[]> = { mlx5_0: [], mlx5_1: [] };
  for (; now < 120_000; now += 1000) {
    const values = await watched.round();
    expect(values).toHaveProperty([received('mlx5_0')]);
    for (const [device, times] of Object.entries(slow)) if (errors(device) in values) times.push(now / 1000);
  }
  expect(slow).toEqual({ mlx5_0: [0, 15, 44, 73, 102], mlx5_1: [0, 29, 58, 87, 116] });
});

test('an adapter that is unplugged ends its series, and one that comes is found', async () => {
  let now = 0;
  const machine = madeMachine({ ...port('mlx5_0', traffic), ...port('mlx5_1', traffic) });
  const watched = await watch(infiniband, machine.root, { now: () => now });
  await watched.round();
  machine.remove('/sys/class/infiniband/mlx5_0');
  for (const [path, text] of Object.entries(port('mlx5_2', traffic))) machine.write(path, text);
  now += 30_000;
  const keys = Object.keys(await watched.round()).join(' ');
  expect(keys).not.toContain('mlx5_0');
  expect(keys).toContain(received('mlx5_1'));
  expect(keys).toContain(received('mlx5_2'));
});

test('an adapter that fell silent is opened anew, because its open files stay dead', async () => {
  let now = 0;
  const machine = madeMachine(port('mlx5_0', traffic));
  const watched = await watch(infiniband, machine.root, { now: () => now });
  await watched.round();
  // As a reset looks from outside: the open file answers no more, and another of its name does.
  machine.write(`${folder('mlx5_0')}/counters/port_rcv_data`, '');
  now += 1000;
  expect(await watched.round()).not.toHaveProperty([received('mlx5_0')]);
  machine.remove(`${folder('mlx5_0')}/counters/port_rcv_data`);
  machine.write(`${folder('mlx5_0')}/counters/port_rcv_data`, '500\n');
  now += 1000;
  expect(await watched.round()).not.toHaveProperty([received('mlx5_0')]);
  now += 30_000;
  expect(await watched.round()).toMatchObject({ [received('mlx5_0')]: 2000 });
});

test('before kernel 4.5 the 64-bit counters are in counters_ext', async () => {
  const { root } = madeMachine(port('mlx4_0', { 'counters/port_rcv_data': '4294967295', 'counters_ext/port_rcv_data_64': '5000000000' }));
  const values = await (await watch(infiniband, root)).round();
  expect(values).toMatchObject({ 'node_infiniband_legacy_data_received_bytes_total{device="mlx4_0",port="1"}': 20_000_000_000 });
  expect(values).not.toHaveProperty([received('mlx4_0')]);
});

test('a node without adapters says so', async () => {
  await expect(watch(infiniband, madeMachine({}).root)).rejects.toThrow(Unavailable);
});

const examine = (files: Readonly<Record<string, string>>) => infiniband.examine?.(openHost(madeMachine(files).root), {});

test('examine tells the state of ports, and which driver is missing', async () => {
  expect(await examine({ ...port('mlx5_0', traffic), [`${folder('mlx5_0')}/state`]: '2: INIT\n' })).toEqual([
    { source: 'mlx5_0 port 1', found: true, why: 'init, 2.5 Gb/sec (1X SDR); it waits for a subnet manager' },
  ]);
  const slot = '/sys/bus/pci/devices/0000:81:00.0';
  expect(await examine({ [`${slot}/class`]: '0x020700\n', [`${slot}/vendor`]: '0x15b3\n' })).toMatchObject([
    { found: false, fix: 'modprobe mlx5_ib' },
  ]);
  expect(await examine({})).toMatchObject([{ found: false, why: expect.stringContaining('no InfiniBand') as string }]);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded adapters, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('recorded adapters read as node_exporter reads them', async () => {
  const values = await (await watch(infiniband, `${data}/machines/procfs`)).round();
  // What node_exporter 1.5 prints for the same tree.
  expect(values).toMatchObject({
    'node_infiniband_port_data_received_bytes_total{device="mlx4_0",port="1"}': 8_884_894_436,
    'node_infiniband_port_data_transmitted_bytes_total{device="mlx4_0",port="2"}': 106_161_427_560,
    'node_infiniband_port_data_received_bytes_total{device="hfi1_0",port="1"}': 1_380_366_808_104,
    'node_infiniband_port_packets_transmitted_total{device="mlx5_0",port="1"}': 10_907_922_116,
    'node_infiniband_port_transmit_wait_total{device="mlx4_0",port="1"}': 3599,
    'node_infiniband_unicast_packets_received_total{device="mlx5_0",port="1"}': 541_889_824,
    'node_infiniband_rate_bytes_per_second{device="mlx5_0",port="1"}': 3_125_000_000,
    'node_infiniband_physical_state_id{device="mlx5_0",port="1"}': 4,
    'node_infiniband_info{device="mlx4_0",board_id="SM_1141000001000",firmware_version="2.31.5050",hca_type="MT4099"}': 1,
  });
});
