import { Unavailable } from '../../../contract/errors.ts';
import type { Host } from '../../../host.ts';

/** The energy that a card counts. */
export interface EnergyCounter {
  /** Joules since the driver was loaded; NaN where the card does not count. */
  read(): number;
  close(): void;
}

// Where `energy_accumulator` stands, by content revision of the table's format 1 (kernel: struct gpu_metrics_v1_1 to v1_5 in
// drivers/gpu/drm/amd/include/kgd_pp_interface.h). Other formats (APUs) have none.
const OFFSETS: Readonly<Record<number, number>> = { 1: 24, 2: 24, 3: 24, 4: 24, 5: 88 };
const FORMAT = 1;
/** Of one count, in joules: 15.259 µJ (same header). */
const STEP = 2 ** -16;
const HIGH = 2 ** 32;
const UNKNOWN = 0xffff_ffff;

/** Opens `gpu_metrics`, the driver's binary table; a card without it counts nothing. */
export function openEnergy(host: Host, device: string): EnergyCounter {
  try {
    const file = host.open(`${device}/gpu_metrics`);
    return {
      read() {
        try {
          const { bytes, end } = file.read();
          return energyOf(bytes.subarray(0, end));
        } catch (error) {
          // The firmware may be asleep or busy: any error of the driver is a gap.
          if (error instanceof Error && 'code' in error) return Number.NaN;
          throw error;
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    if (error instanceof Unavailable) return { read: () => Number.NaN, close: () => undefined };
    throw error;
  }
}

/** Joules in a table; NaN where it has none. A card that has drawn nothing at all does not count. */
export function energyOf(table: Uint8Array): number {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  if (view.byteLength < 4 || view.getUint8(2) !== FORMAT) return Number.NaN;
  const at = OFFSETS[view.getUint8(3)];
  if (at === undefined || at + 8 > view.byteLength) return Number.NaN;
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  if ((low === 0 && high === 0) || (low === UNKNOWN && high === UNKNOWN)) return Number.NaN;
  return (high * HIGH + low) * STEP;
}
