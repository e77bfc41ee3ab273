import type { BoardGpu, GpuBoard } from '../../gpu-board.ts';
import type { Host } from '../../host.ts';
import { openIntegral } from './integral.ts';
import type { Integral } from './integral.ts';

/** What the node's GPUs draw together. */
export interface GpuWatts {
  /** 0 where there is no GPU; NaN while one that told its watts before does not. */
  readonly watts: number;
  /** Joules since opening, as far as they are known. */
  readonly joules: number;
  read(now: number): void;
}

// A GPU that has not told for this long has gone, and the node goes on without it.
const GONE_MS = 600_000;
// The GPUs' own sampler starts a child and opens the driver; for so long a node with a driver waits to hear of its GPUs.
const START_MS = 60_000;

interface Known {
  at: number;
  joules: number;
  readonly integral: Integral;
}

/** Watches the board for the GPUs' watts; a part of a GPU (MIG) tells none, its GPU does. */
export function watchGpus(host: Host, board: GpuBoard, gapMs: number): GpuWatts {
  const known = new Map<string, Known>();
  const openedAt = host.now();
  const expected = hasDriver(host);
  let watts = Number.NaN;
  let joules = 0;

  const take = (gpu: BoardGpu, now: number): void => {
    const one = known.get(gpu.uuid) ?? { at: now, joules: Number.NaN, integral: openIntegral(gapMs) };
    known.set(gpu.uuid, one);
    const before = one.integral.joules;
    one.integral.add(now, gpu.watts);
    // The card's counter is better than its watts; one that went back has been reset with its driver.
    const counted = gpu.joules - one.joules;
    joules += counted >= 0 ? counted : one.integral.joules - before;
    one.joules = gpu.joules;
    one.at = now;
  };

  return {
    get watts() {
      return watts;
    },
    get joules() {
      return joules;
    },
    read(now) {
      watts = 0;
      for (const gpu of board.gpus(now)) {
        if (gpu.parent !== undefined || Number.isNaN(gpu.watts)) continue;
        take(gpu, now);
        watts += gpu.watts;
      }
      for (const [uuid, { at }] of known) {
        if (at === now) continue;
        watts = Number.NaN;
        if (Math.abs(now - at) > GONE_MS) known.delete(uuid);
      }
      if (expected && known.size === 0 && Math.abs(now - openedAt) < START_MS) watts = Number.NaN;
    },
  };
}

function hasDriver(host: Host): boolean {
  return host.list('/proc/driver/nvidia/gpus').length > 0 || host.list('/sys/module/amdgpu/drivers').length > 0;
}
