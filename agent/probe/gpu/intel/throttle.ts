import type { Host } from '../../../host.ts';
import { looseValue } from '../../../kept-value.ts';
import type { LabelledValue } from '../../../samplers/gpu/reading.ts';
import type { DrmCard } from '../drm/cards.ts';

/** What holds the clocks of a card down, in the driver's words (`pl1`, `thermal`, `prochot`, …); empty where it does not tell. */
export function throttleReasons(host: Host, { path, device }: DrmCard): readonly LabelledValue[] {
  return [`${path}/gt/gt0`, `${device}/tile0/gt0/freq0/throttle`].flatMap((folder) =>
    host.list(folder).flatMap((name) => {
      const reason = /^(?:throttle_)?reason_(\w+)$/.exec(name)?.[1];
      const value = reason === undefined || reason === 'status' ? Number.NaN : looseValue(host, `${folder}/${name}`).read();
      return reason === undefined || Number.isNaN(value)
        ? []
        : [{ metric: 'gpu_clock_event_active', labels: { reason }, value: value === 0 ? 0 : 1 }];
    }),
  );
}
