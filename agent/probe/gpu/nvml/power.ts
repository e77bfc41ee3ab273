import { code } from './codes.ts';
import type { Field } from './fields.ts';
import { pair, put, single, unsigned } from './item.ts';
import type { Item, Target } from './item.ts';
import { wide } from './scratch.ts';

/** GA100 (CUDA capability 8.0) and all before it measure the present moment; later cards average over a second (nvml.h). */
const LAST_INSTANT = 80;

/** Limits of power. */
export function powerItems(target: Target): readonly (Item | undefined)[] {
  return [
    single(target, 'minute', 'nvmlDeviceGetEnforcedPowerLimit', 'gpu_power_limit_watts', 0.001),
    single(target, 'minute', 'nvmlDeviceGetPowerManagementDefaultLimit', 'gpu_power_limit_default_watts', 0.001),
    pair(
      target,
      'minute',
      'nvmlDeviceGetPowerManagementLimitConstraints',
      ['gpu_power_limit_min_watts', 'gpu_power_limit_max_watts'],
      0.001,
    ),
  ];
}

/** Power and energy: instant (186), averaged over a second (185), millijoules since the driver was loaded (83). */
export function powerFields(target: Target): readonly Field[] {
  return [
    { pace: 'pass', id: 186, keep: (sheet, value) => put(sheet, 'gpu_power_instant_watts', value / 1000) },
    { pace: 'pass', id: 185, keep: (sheet, value) => put(sheet, 'gpu_power_watts', value / 1000), instead: usage(target) },
    { pace: 'pass', id: 83, keep: (sheet, value) => put(sheet, 'gpu_energy_joules_total', value / 1000), instead: energy(target) },
  ];
}

function usage({ calls, handle, capability, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetPowerUsage;
  const instant = capability > 0 && capability <= LAST_INSTANT;
  return (
    call && {
      pace: 'pass',
      read(sheet) {
        const answer = call(handle, words);
        if (answer !== code.success) return answer;
        const watts = unsigned(words, 0) / 1000;
        put(sheet, 'gpu_power_watts', watts);
        if (instant) put(sheet, 'gpu_power_instant_watts', sheet.values.gpu_power_instant_watts ?? watts);
        return answer;
      },
    }
  );
}

function energy({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetTotalEnergyConsumption;
  return (
    call && {
      pace: 'pass',
      read(sheet) {
        const answer = call(handle, words);
        if (answer === code.success) put(sheet, 'gpu_energy_joules_total', wide(words, 0) / 1000);
        return answer;
      },
    }
  );
}
