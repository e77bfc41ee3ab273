/** A GPU, or a part of one (MIG), that is on the node, as other samplers need to know it. */
export interface BoardGpu {
  /** Index as the vendor's tool shows it: `0`; of a MIG instance `0:1` (GPU, then instance). */
  readonly gpu: string;
  readonly uuid: string;
  /** UUID of the GPU that a MIG instance is part of. */
  readonly parent: string | undefined;
  /** Number of the device file (`/dev/nvidia0` is 0), where known: what device cgroups speak of. */
  readonly minor: number | undefined;
  /** Watts at present; NaN where the card does not tell. Of a MIG instance always NaN. */
  readonly watts: number;
  /** Joules since the driver was loaded; NaN where the card does not tell. */
  readonly joules: number;
}

/** A process that has a context on a GPU. */
export interface BoardProcess {
  readonly uuid: string;
  /** In the host's pid namespace. */
  readonly pid: number;
  /** NaN where the driver does not tell. */
  readonly memoryBytes: number;
}

/**
 * Where the GPU sampler says which GPUs the node has and who uses them, for the samplers of jobs and of power. Nothing on it
 * is older than three periods of the one who published it: then it is gone.
 */
export interface GpuBoard {
  /** Replaces what this source said before, until `goodUntil` (milliseconds since the epoch). */
  publish(source: string, gpus: readonly BoardGpu[], processes: readonly BoardProcess[], goodUntil: number): void;
  gpus(now: number): readonly BoardGpu[];
  processes(now: number): readonly BoardProcess[];
}

/** An empty board. */
export function openGpuBoard(): GpuBoard {
  const sheets = new Map<string, { gpus: readonly BoardGpu[]; processes: readonly BoardProcess[]; goodUntil: number }>();
  const standing = (now: number) => [...sheets.values()].filter(({ goodUntil }) => goodUntil >= now);
  return {
    publish: (source, gpus, processes, goodUntil) => void sheets.set(source, { gpus, processes, goodUntil }),
    gpus: (now) => standing(now).flatMap(({ gpus }) => gpus),
    processes: (now) => standing(now).flatMap(({ processes }) => processes),
  };
}
