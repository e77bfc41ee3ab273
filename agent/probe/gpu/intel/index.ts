import type { Host } from '../../../host.ts';
import type { DrmCard } from '../drm/cards.ts';
import { fanRatio } from '../drm/fan.ts';
import { openFileValues } from '../drm/file-values.ts';
import { pciName } from '../drm/pci-name.ts';
import { nearestMargin } from '../drm/sensors.ts';
import { openDrmSource } from '../drm/source.ts';
import type { OpenCard } from '../drm/source.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { intelFiles, MEMORY_LEFT } from './files.ts';
import { throttleReasons } from './throttle.ts';
import { openWatts } from './watts.ts';

/** How time is told; by default as long as the process runs. */
export interface IntelOptions {
  readonly seconds?: () => number;
}

const PAIR = [['gpu_temperature_celsius', 'gpu_temperature_slowdown_celsius']] as const;

/** Intel GPUs from /sys, as the i915 and xe drivers show them: watts, heat and clocks; /sys does not tell how busy they are. Throws `Unavailable` where there is none. */
export function openIntel(context: GpuSourceContext, { seconds = () => performance.now() / 1000 }: IntelOptions = {}): GpuSource {
  return openDrmSource(context, {
    source: 'intel',
    drivers: ['i915', 'xe'],
    mend: 'graphics that is part of the processor has no sensors of its own',
    open: (card, gpu) => (card.hwmons.length === 0 ? undefined : openCard(context.host, card, gpu, seconds)),
  });
}

function openCard(host: Host, card: DrmCard, gpu: string, seconds: () => number): OpenCard {
  const files = openFileValues(host, intelFiles(host, card));
  const watts = openWatts(seconds);
  const info = {
    name: pciName(host, card.model),
    driver: `${card.driver} ${host.text(`/sys/module/${card.driver}/version`) ?? host.text('/proc/sys/kernel/osrelease') ?? ''}`.trim(),
    pci_bus_id: card.address,
    serial: '',
  };
  const minor = card.minor === undefined ? {} : { minor: card.minor };
  return {
    about: { gpu, uuid: `pci-${card.address}`, vendor: 'intel', info, ...minor },
    read() {
      const values: Record<string, number> = {};
      files.read(values);
      const put = (metric: string, value: number): void => {
        if (!Number.isNaN(value)) values[metric] = value;
      };
      put('gpu_power_watts', watts(values['gpu_energy_joules_total'] ?? Number.NaN));
      put('gpu_fan_ratio', fanRatio(host, card.hwmons));
      put('gpu_temperature_margin_celsius', nearestMargin(values, PAIR));
      put('gpu_memory_used_bytes', (values['gpu_memory_total_bytes'] ?? Number.NaN) - (values[MEMORY_LEFT] ?? Number.NaN));
      delete values[MEMORY_LEFT];
      return { values, labelled: throttleReasons(host, card) };
    },
    close: () => files.close(),
  };
}
