import type { Host } from '../../../host.ts';
import type { LabelledValue } from '../../../samplers/gpu/reading.ts';

const TYPES: Readonly<Record<string, string>> = { ce: 'corrected', ue: 'uncorrected' };

/** Memory errors of every block of a card (`ras/umc_err_count`: `ue: 0`, `ce: 0`), summed; empty where it counts none. */
export function eccErrors(host: Host, device: string): readonly LabelledValue[] {
  const sums = new Map<string, number>();
  for (const name of host.list(`${device}/ras`).filter((file) => file.endsWith('_err_count'))) {
    for (const [, key = '', count] of (host.text(`${device}/ras/${name}`) ?? '').matchAll(/^(ce|ue): (\d+)$/gm)) {
      sums.set(key, (sums.get(key) ?? 0) + Number(count));
    }
  }
  return [...sums].map(([key, value]) => ({
    metric: 'gpu_ecc_errors_total',
    labels: { type: TYPES[key] ?? key, lifetime: 'volatile' },
    value,
  }));
}
