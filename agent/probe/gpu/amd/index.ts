import type { Host } from '../../../host.ts';
import type { DrmCard } from '../drm/cards.ts';
import { fanRatio } from '../drm/fan.ts';
import { openFileValues } from '../drm/file-values.ts';
import { openDrmSource } from '../drm/source.ts';
import type { OpenCard } from '../drm/source.ts';
import { nearestMargin } from '../drm/sensors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { aboutAmd, uuidOf } from './about.ts';
import { clockSteps } from './clocks.ts';
import { openEnergy } from './energy.ts';
import { amdFiles, HOTSPOT_LIMIT } from './files.ts';
import { kfdId, kfdProcesses } from './kfd.ts';
import { eccErrors } from './ras.ts';

// Walks over processes, and questions to the memory's controller.
const PROCESSES_MS = 5000;
const ERRORS_MS = 60_000;
const PAIRS = [
  ['gpu_temperature_celsius', 'gpu_temperature_slowdown_celsius'],
  ['gpu_hotspot_temperature_celsius', HOTSPOT_LIMIT],
] as const;

/** AMD GPUs from /sys, as the amdgpu driver shows them. Throws `Unavailable` where there is none. */
export function openAmd(context: GpuSourceContext): GpuSource {
  return openDrmSource(context, {
    source: 'amdgpu',
    drivers: ['amdgpu'],
    mend: 'modprobe amdgpu loads it',
    open: (card, gpu) => openCard(context.host, card, gpu),
  });
}

function openCard(host: Host, card: DrmCard, gpu: string): OpenCard {
  const files = openFileValues(host, amdFiles(host, card));
  const energy = openEnergy(host, card.device);
  const id = kfdId(host, card.minor);
  const processesDue = every(PROCESSES_MS);
  const errorsDue = every(ERRORS_MS);
  const minor = card.minor === undefined ? {} : { minor: card.minor };
  return {
    about: { gpu, uuid: uuidOf(host, card), vendor: 'amd', info: aboutAmd(host, card), ...minor },
    read(now) {
      const values: Record<string, number> = {};
      files.read(values);
      const put = (metric: string, value: number): void => {
        if (!Number.isNaN(value)) values[metric] ??= value;
      };
      put('gpu_energy_joules_total', energy.read());
      put('gpu_fan_ratio', fanRatio(host, card.hwmons));
      putClocks(host, card, put);
      put('gpu_temperature_margin_celsius', nearestMargin(values, PAIRS));
      delete values[HOTSPOT_LIMIT];
      const labelled = errorsDue(now) ? eccErrors(host, card.device) : [];
      return id !== undefined && processesDue(now) ? { values, labelled, processes: kfdProcesses(host, id) } : { values, labelled };
    },
    close() {
      files.close();
      energy.close();
    },
  };
}

function putClocks(host: Host, { device }: DrmCard, put: (metric: string, value: number) => void): void {
  for (const [file, kind] of [
    ['pp_dpm_sclk', 'graphics'],
    ['pp_dpm_mclk', 'memory'],
  ] as const) {
    const { now, max } = clockSteps(host, `${device}/${file}`);
    put(`gpu_${kind}_clock_hertz`, now);
    put(`gpu_${kind}_clock_max_hertz`, max);
  }
}

/** Whether it is time again; a clock set back does not put it off. */
function every(ms: number): (now: number) => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return (now) => {
    if (Math.abs(now - last) < ms) return false;
    last = now;
    return true;
  };
}
