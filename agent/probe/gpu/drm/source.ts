import { Unavailable } from '../../../contract/errors.ts';
import type { DeviceReading } from '../../../samplers/gpu/reading.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { findCards, isAwake } from './cards.ts';
import type { DrmCard } from './cards.ts';

/** An open card. */
export interface OpenCard {
  /** What there is to know of it once. */
  readonly about: Omit<DeviceReading, 'values' | 'labelled' | 'processes'>;
  /** Reads it; only called while it is awake. */
  read(now: number): Pick<DeviceReading, 'values' | 'labelled' | 'processes'>;
  close(): void;
}

/** What differs between vendors. */
export interface DrmVendor {
  /** As readings name it. */
  readonly source: string;
  /** Kernel drivers whose cards it reads. */
  readonly drivers: readonly string[];
  /** Opens a card, the number `gpu` of its vendor; undefined where it has nothing to read. */
  open(card: DrmCard, gpu: string): OpenCard | undefined;
  /** How to have it. */
  readonly mend: string;
}

const LOOK_AGAIN_MS = 60_000;

/**
 * Cards of a vendor from /sys, found anew every minute. A card that sleeps is named, and none of its files are read.
 *
 * @throws Unavailable where there is no card with something to read.
 */
export function openDrmSource({ host, calling }: GpuSourceContext, vendor: DrmVendor): GpuSource {
  let cards: readonly { readonly card: DrmCard; readonly open: OpenCard }[] = [];
  let shown = '';
  let lookedAt = Number.NEGATIVE_INFINITY;

  const close = (): void => {
    for (const { open } of cards) open.close();
    cards = [];
  };
  const find = (now: number): void => {
    lookedAt = now;
    const found = findCards(host, vendor.drivers);
    const seen = JSON.stringify(found);
    if (seen === shown) return;
    close();
    shown = seen;
    let gpu = 0;
    cards = found.flatMap((card) => {
      const open = vendor.open(card, String(gpu));
      if (open === undefined) return [];
      gpu++;
      return [{ card, open }];
    });
  };

  find(host.now());
  if (cards.length === 0)
    throw new Unavailable(`no card of ${vendor.drivers.join(' or ')} in ${host.path('/sys/class/drm')}; ${vendor.mend}`);
  return {
    read(now) {
      // A clock set back must not keep it from looking for as long.
      if (Math.abs(now - lookedAt) >= LOOK_AGAIN_MS) find(now);
      const devices = cards.map(({ card, open }): DeviceReading => {
        calling(card.path);
        return isAwake(host, card) ? { ...open.about, ...open.read(now) } : { ...open.about, values: {} };
      });
      calling('');
      return { source: vendor.source, at: host.now(), devices };
    },
    close,
  };
}
