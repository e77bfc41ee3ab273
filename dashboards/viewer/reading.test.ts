import { describe, expect, it } from 'vitest';
import { parseExposition } from './exposition.ts';
import { coresOf, interfacesOf, sensorsOf } from './node-parts.ts';
import { readings } from './reading.ts';

const cpu = (user: number, idle: number): string =>
  `node_cpu_seconds_total{cpu="0",mode="user"} ${user}\nnode_cpu_seconds_total{cpu="0",mode="idle"} ${idle}\n`;

describe('a node’s exposition', () => {
  it('is read with its labels as they were before they were escaped', () => {
    const families = parseExposition('# HELP a b\na{x="q\\"}{,\\\\ \\n",y="2"} 1.5e3\nb NaN\nc{} +Inf\nnot a line\n');
    expect([...(families.get('a')?.[0]?.labels ?? [])]).toEqual([
      ['x', 'q"}{,\\ \n'],
      ['y', '2'],
    ]);
    expect(families.get('a')?.[0]?.value).toBe(1500);
    expect(families.get('b')?.[0]?.value).toBeNaN();
    expect(families.get('c')?.[0]?.value).toBe(Number.POSITIVE_INFINITY);
    expect(families.size).toBe(3);
  });

  it('gives rates over the node’s own clock, and none from a first, reset or new counter', () => {
    const source = readings();
    expect(coresOf(source.take(`node_time_seconds 100\n${cpu(10, 10)}`, 0))[0]?.busy).toBeNull();
    // Polled 7 s later by the browser's clock, of samples 2 s apart.
    const second = source.take(`node_time_seconds 102\n${cpu(11.5, 10.5)}node_cpu_seconds_total{cpu="1",mode="user"} 5\n`, 7000);
    expect(coresOf(second).map(({ busy }) => busy)).toEqual([0.75, null]);
    expect(second.rate('node_cpu_seconds_total', second.all('node_cpu_seconds_total')[0] ?? never())).toBe(0.75);
    expect(coresOf(source.take(`node_time_seconds 104\n${cpu(0, 11)}`, 9000))[0]?.busy).toBeNull();
  });

  it('stays what it was while the node sends nothing new', () => {
    const source = readings();
    source.take(`node_time_seconds 100\n${cpu(10, 10)}`, 0);
    const before = source.take(`node_time_seconds 101\n${cpu(10.5, 10.5)}`, 1000);
    expect(source.take(`node_time_seconds 101\n${cpu(10.5, 10.5)}`, 3000)).toBe(before);
  });

  it('names sensors as their chip does, the hottest first, and interfaces never used last', () => {
    const reading = readings().take(
      [
        'node_hwmon_chip_names{chip="platform_coretemp_0",chip_name="coretemp"} 1',
        'node_hwmon_sensor_label{chip="platform_coretemp_0",sensor="temp1",label="Package id 0"} 1',
        'node_hwmon_temp_celsius{chip="platform_coretemp_0",sensor="temp1"} 40',
        'node_hwmon_temp_crit_celsius{chip="platform_coretemp_0",sensor="temp1"} 90',
        'node_thermal_zone_temp{type="acpitz",zone="0"} 55',
        'node_network_receive_bytes_total{device="a0"} 0',
        'node_network_receive_bytes_total{device="eth0"} 9',
      ].join('\n'),
      0,
    );
    expect(sensorsOf(reading).map(({ name, celsius, limit }) => [name, celsius, limit])).toEqual([
      ['acpitz zone 0', 55, null],
      ['coretemp Package id 0', 40, 90],
    ]);
    expect(interfacesOf(reading).map(({ device, received }) => [device, received])).toEqual([
      ['eth0', null],
      ['a0', null],
    ]);
  });
});

function never(): never {
  throw new Error('the sample is missing');
}
