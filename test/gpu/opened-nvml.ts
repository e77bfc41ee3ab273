import { onTestFinished } from 'vitest';
import { openHost } from '../../agent/host.ts';
import { openNvml } from '../../agent/probe/gpu/nvml/index.ts';
import type { DeviceReading, GpuReading } from '../../agent/samplers/gpu/reading.ts';
import { fakeNvml } from './fake-nvml.ts';
import type { FakeNvml, FakeNvmlOptions } from './fake-nvml.ts';

/** NVML on made cards, for one test. */
export interface OpenedNvml {
  readonly fake: FakeNvml;
  /** Reads once, this many milliseconds after the last reading; more than the 100 that GPM wants, at first. */
  read(afterMs?: number): Promise<GpuReading>;
  /** The calls made since this was last asked. */
  calls(): readonly string[];
  close(): Promise<void>;
}

/** A scenario and its library, loaded by this process; gone with the test. */
export function madeNvml(scenario: readonly string[], options: FakeNvmlOptions = {}): FakeNvml {
  const fake = fakeNvml(scenario, options);
  const before = process.env['VIGIE_FAKE_NVML'];
  Object.assign(process.env, fake.env);
  onTestFinished(() => {
    if (before === undefined) delete process.env['VIGIE_FAKE_NVML'];
    else process.env['VIGIE_FAKE_NVML'] = before;
    fake.remove();
  });
  return fake;
}

/** Opens NVML on a scenario; its first reading is one second after opening. */
export async function openedNvml(scenario: readonly string[], options: FakeNvmlOptions = {}): Promise<OpenedNvml> {
  const fake = madeNvml(scenario, options);
  let calls: string[] = [];
  const calling = (call: string): void => void calls.push(call);
  let now = 1_800_000_000_000;
  const context = { host: openHost('/', () => now), period: 1000, calling, signal: new AbortController().signal };
  const source = await openNvml(context, { library: fake.library });
  onTestFinished(() => source.close());
  return {
    fake,
    read: async (afterMs = 1000) => source.read((now += afterMs)),
    calls() {
      const made = calls;
      calls = [];
      return made;
    },
    close: async () => source.close(),
  };
}

/** Values of a device by `name` and, where they have labels of their own, `name{label="value"}`. */
export function valuesOf(device: DeviceReading | undefined): Readonly<Record<string, number>> {
  const values: Record<string, number> = { ...device?.values };
  for (const { metric, labels, value } of device?.labelled ?? []) {
    const written = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
    values[`${metric}{${written.join(',')}}`] = value;
  }
  return values;
}
