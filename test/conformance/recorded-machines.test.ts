import { describe, expect, test } from 'vitest';
import { readOnce } from './read-once.ts';

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded machines, because VIGIE_TEST_DATA does not say where they are');

// Files of many machines side by side, edge cases among them (the procfs library's own test data).
const declare = data === undefined ? describe.skip : describe;

declare('recorded machines, which VIGIE_TEST_DATA names', () => {
  test('what the procfs library has recorded is read as it says', async () => {
    const { text, unavailable } = await readOnce(`${data}/machines/procfs`, { now: () => 0 });
    const lines = text.split('\n');
    for (const expected of [
      'node_load1 0.02',
      'node_boot_time_seconds 1418183276',
      'node_cpus_online 8',
      'node_cpu_seconds_total{cpu="0",mode="user"} 444.9',
      'node_cpu_seconds_total{cpu="7",mode="softirq"} 0.31',
      'node_memory_MemTotal_bytes 16042172416',
      'node_memory_DirectMap2M_bytes 16424894464',
      'node_network_receive_bytes_total{device="eth0"} 874354587',
      'node_pressure_cpu_waiting_seconds_total 0.000015',
      'node_thermal_zone_temp{type="bcm2835_thermal",zone="0"} 49.925',
      'node_cooling_device_max_state{name="0",type="Processor"} 50',
    ]) {
      expect(lines).toContain(expected);
    }
    expect(lines.filter((line) => line.startsWith('node_disk_info'))).not.toEqual([]);
    expect(unavailable).toEqual(expect.arrayContaining(['hwmon', 'vmstat']));
  });
});
