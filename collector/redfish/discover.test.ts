import { describe, expect, it } from 'vitest';
import { RedfishFault } from './fault.ts';
import type { Json } from './json.ts';
import { linesOf } from './lines.ts';
import { idrac, ilo, openbmc, supermicroNew, supermicroOld } from './made-trees.ts';
import { openPolls } from './polls.ts';

function asking(tree: Readonly<Record<string, Json>>, chassis?: string) {
  const asked: string[] = [];
  const documents = { ...tree };
  let now = 0;
  const get = (path: string): Promise<Json> => {
    asked.push(path);
    const document = documents[path];
    return document === undefined ? Promise.reject(new RedfishFault('missing', path)) : Promise.resolve(document);
  };
  return { asked, documents, polls: openPolls({ get }, chassis, () => now), pass: (ms: number) => void (now += ms) };
}

async function read(tree: Readonly<Record<string, Json>>, chassis?: string): Promise<readonly string[]> {
  const { readings } = await asking(tree, chassis).polls.poll();
  const text = linesOf(readings, { cluster: 'c', instance: 'n' }, 7).toString();
  return text.trimEnd().split('\n').sort();
}

const line = (measurement: string, tags: string, field: string): string => `${measurement},cluster=c,instance=n,${tags} ${field} 7`;
const sensor = (name: string): string => `sensor=${name.replaceAll(' ', String.raw`\ `)}`;
const watts = (value: number): string => line('power', 'source=redfish', `node_watts=${value}`);
const inlet = (name: string, value: number): string => line('temperature', sensor(name), `inlet_celsius=${value}`);
const inletCritical = (name: string, value: number): string => line('temperature', sensor(name), `inlet_critical_celsius=${value}`);
const celsius = (name: string, value: number): string => line('redfish', sensor(name), `temperature_celsius=${value}`);
const critical = (name: string, value: number): string => line('redfish', sensor(name), `temperature_critical_celsius=${value}`);
const rpm = (name: string, value: number): string => line('redfish', sensor(name), `fan_rpm=${value}`);
const ratio = (name: string, value: number): string => line('redfish', sensor(name), `fan_ratio=${value}`);

describe('what a BMC tells', () => {
  it.each([
    [
      'iDRAC 9',
      idrac,
      [
        watts(312),
        celsius('CPU1 Temp', 54),
        critical('CPU1 Temp', 95),
        inlet('System Board Inlet Temp', 22),
        inletCritical('System Board Inlet Temp', 47),
        celsius('System Board Exhaust Temp', 31),
        critical('System Board Exhaust Temp', 80),
        rpm('System Board Fan1A', 5880),
      ],
    ],
    [
      'iLO 5',
      ilo,
      [
        watts(184),
        inlet('01-Inlet Ambient', 19),
        inletCritical('01-Inlet Ambient', 42),
        celsius('02-CPU 1', 40),
        critical('02-CPU 1', 70),
        ratio('Fan 1', 0.23),
      ],
    ],
    ['Supermicro X11', supermicroOld, [watts(240), celsius('System Temp', 29), rpm('FAN1', 4200)]],
    [
      'Supermicro X14 with HGX',
      supermicroNew,
      [
        watts(6120.5),
        line('power', 'source=redfish', 'node_joules_total=45000000'),
        celsius('CPU1', 61.25),
        inlet('Intake', 24.5),
        rpm('FAN1', 9100),
        ratio('FAN1', 0.42),
      ],
    ],
    ['OpenBMC', openbmc, [watts(402.25), inlet('ambient', 23.5), rpm('fan0', 8000)]],
  ])(
    '%s: the whole node’s watts from one meter, temperatures and fans, and nothing where nothing is measured',
    async (_name, tree, lines) => {
      expect(await read(tree)).toEqual([...lines].sort());
    },
  );

  it('of a chassis that is named is that chassis’s', async () => {
    expect(await read(supermicroNew, 'HGX_GPU_SXM_1')).toContain(watts(690.5));
    await expect(read(supermicroNew, 'HGX')).rejects.toThrow(/no chassis HGX; there are HGX_GPU_SXM_1, HGX_Chassis_0, 1/);
  });

  it('is a fault where no chassis measures anything', async () => {
    const blind = { ...ilo, '/redfish/v1/Chassis/1': { ChassisType: 'RackMount' } };
    await expect(read(blind)).rejects.toMatchObject({ reason: 'nothing' });
  });
});

describe('the plan', () => {
  it('is made once; from then on only what it names is asked', async () => {
    const { asked, polls } = asking(idrac);
    await polls.poll();
    asked.length = 0;
    await polls.poll();
    expect(asked).toEqual(['/redfish/v1/Chassis/System.Embedded.1/Power', '/redfish/v1/Chassis/System.Embedded.1/Thermal']);
  });

  it('is made anew when a part of it is gone, and what is still there is told meanwhile', async () => {
    const { documents, polls } = asking(idrac);
    await polls.poll();
    delete documents['/redfish/v1/Chassis/System.Embedded.1/Thermal'];
    const { readings, fault } = await polls.poll();
    expect(readings).toEqual([{ of: 'watts', value: 312 }]);
    expect(fault?.reason).toBe('missing');
    expect(await polls.poll()).toEqual({ readings: [{ of: 'watts', value: 312 }], fault: undefined });
  });

  it('without watts is looked for again after ten minutes: the node may have been off', async () => {
    const off = { ...idrac, '/redfish/v1/Chassis/System.Embedded.1/Power': { PowerControl: [{ PowerConsumedWatts: null }] } };
    const { documents, polls, pass } = asking(off);
    expect((await polls.poll()).readings.some(({ of }) => of === 'watts')).toBe(false);
    Object.assign(documents, idrac);
    expect((await polls.poll()).readings.some(({ of }) => of === 'watts')).toBe(false);
    pass(600_000);
    expect((await polls.poll()).readings).toContainEqual({ of: 'watts', value: 312 });
  });
});
