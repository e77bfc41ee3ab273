import type { DeviceReading, GpuInfo, LabelledValue } from '../../../samplers/gpu/reading.ts';
import { clockFields, clockItems } from './clocks.ts';
import { code, DriverReplaced, isForGood, isLost, isOver } from './codes.ts';
import { fieldsItem } from './fields.ts';
import type { Field } from './fields.ts';
import { heatFields, heatItems } from './heat.ts';
import { healthFields, healthItems } from './health.ts';
import type { Item, Sheet, Target } from './item.ts';
import { linkFields, linkItems } from './links.ts';
import { loadItems, memory } from './load.ts';
import { powerFields, powerItems } from './power.ts';
import { processesItem } from './processes.ts';

/** What stays the same of a device as long as it is open. */
export interface DeviceIdentity {
  readonly gpu: string;
  readonly uuid: string;
  readonly handle: bigint;
  /** Of a MIG instance: the UUID of its GPU. */
  readonly parent?: string;
  readonly minor?: number;
  readonly info: GpuInfo;
}

/** What is read in a pass. */
export interface Due {
  readonly now: number;
  readonly seconds: boolean;
  readonly minute: boolean;
}

/** A GPU or MIG instance that is read pass after pass. */
export interface NvmlDevice {
  readonly identity: DeviceIdentity;
  /** Whether it is split into instances (MIG): then it has other items. */
  readonly split: boolean;
  /** Whether the driver has lost it; then it is not asked any more, until it is found again. */
  readonly lost: boolean;
  /** Reads what is due, at first all. Undefined where the device is lost. Throws `DriverReplaced`. */
  read(due: Due): DeviceReading | undefined;
  lose(): void;
  /** It is there again: everything is read at the next pass. */
  find(): void;
  close(): void;
}

/** The items of a GPU: values of the pass first, because limits are told from them. `processes` is off where its instances tell them. */
export function gpuItems(target: Target, extra: readonly (Item | undefined)[], processes: boolean): Item[] {
  const items: Item[] = [];
  const adopt = (item: Item): void => void items.push(item);
  const heat = heatItems(target);
  const fields: readonly Field[] = [...powerFields(target), ...heatFields, ...linkFields(target), ...clockFields, ...healthFields(target)];
  const batch = (pace: 'pass' | 'minute'): Item | undefined => {
    const due = fields.filter((field) => field.pace === pace);
    return fieldsItem(target, pace, due, adopt);
  };
  const first = [...loadItems(target), ...heat.filter((item) => item?.pace === 'pass'), batch('pass')];
  const then = [...heat.filter((item) => item?.pace !== 'pass'), ...powerItems(target), ...clockItems(target), ...healthItems(target)];
  const last = [...linkItems(target), ...extra, processes ? processesItem(target) : undefined];
  items.unshift(...[...first, batch('minute'), ...then, ...last].filter((item) => item !== undefined));
  return items;
}

/** The items of a MIG instance: what NVML tells of one. */
export function instanceItems(target: Target, extra: readonly (Item | undefined)[]): Item[] {
  return [memory(target), ...extra, processesItem(target)].filter((item) => item !== undefined);
}

/** Opens a device on its items; those that it turns out not to have leave them. */
export function openDevice(identity: DeviceIdentity, items: Item[], split = false): NvmlDevice {
  let lost = false;
  let fresh = true;
  const { gpu, uuid, info } = identity;
  const place = {
    ...(identity.parent === undefined ? {} : { parent: identity.parent }),
    ...(identity.minor === undefined ? {} : { minor: identity.minor }),
  };
  return {
    identity,
    split,
    get lost() {
      return lost;
    },
    read(due) {
      if (lost) return undefined;
      const values: Sheet['values'] = {};
      const labelled: LabelledValue[] = [];
      const sheet: Sheet = { now: due.now, values, labelled };
      const all = fresh;
      if (!readItems(items, sheet, all || due.seconds, all || due.minute)) {
        lost = true;
        return undefined;
      }
      fresh = false;
      const { processes } = sheet;
      return { gpu, uuid, vendor: 'nvidia', ...place, info, values, labelled, ...(processes === undefined ? {} : { processes }) };
    },
    lose: () => void (lost = true),
    find() {
      fresh ||= lost;
      lost = false;
    },
    close() {
      for (const item of items) item.close?.();
    },
  };
}

// Answers whether the device is still there. The list grows while it is read: a field that is missing brings its substitute.
function readItems(items: Item[], sheet: Sheet, seconds: boolean, minute: boolean): boolean {
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    if (item === undefined || (item.pace === 'seconds' && !seconds) || (item.pace === 'minute' && !minute)) continue;
    const answer = item.read(sheet);
    if (answer === code.success) continue;
    if (isLost(answer)) return false;
    if (isOver(answer)) throw new DriverReplaced(`NVML answered ${answer}: the driver was replaced or unloaded under the running agent`);
    if (!isForGood(answer)) continue;
    item.close?.();
    if (item.instead === undefined) items.splice(at--, 1);
    else items[at--] = item.instead;
  }
  return true;
}
