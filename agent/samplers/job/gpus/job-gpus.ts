import type { BoardGpu, BoardProcess } from '../../../gpu-board.ts';
import type { SamplerContext } from '../../../sampler.ts';
import type { Environ } from '../environ.ts';
import type { Job } from '../job.ts';
import { openAllocations } from './allocations.ts';
import type { Allocation, JobLabels } from './allocations.ts';
import { openMarkedSeries } from './marked-series.ts';
import { gpuJobMetrics, jobGpuMetrics } from './metrics.ts';
import { openProcessOwners } from './process-owner.ts';
import { whichGpu } from './which-gpu.ts';
import type { GpuLabels } from './which-gpu.ts';

/** The GPUs of the node's jobs: what each was given and what it uses. */
export interface JobGpus {
  /** Sets the round's values for the jobs that are on the node now. */
  update(jobs: readonly Job[], now: number): void;
  /** Ends every series. */
  close(): void;
}

// How long the GPU sampler may take to its first reading: until then a GPU would get a series without UUID that ends at once.
const BOARD_WITHIN_MS = 10_000;

interface Pair extends JobLabels, GpuLabels {
  given: boolean;
  processes: number;
  memory: number;
}

/** Opens it; nothing is read before the first update. */
export function openJobGpus(
  { host, series, gpus: board }: Pick<SamplerContext<unknown>, 'host' | 'series' | 'gpus'>,
  environ: Environ,
): JobGpus {
  const allocations = openAllocations(host, environ);
  const owners = openProcessOwners(host);
  const marked = openMarkedSeries(series);
  // A card keeps its name while its driver hangs and the board is empty.
  let cards: readonly BoardGpu[] = [];
  let first = Number.NaN;
  let listsProcesses = false;

  return {
    update(jobs, now) {
      if (Number.isNaN(first)) first = now;
      const standing = board.gpus(now);
      if (standing.length > 0) cards = standing;
      const waiting = cards.length === 0 && Math.abs(now - first) < BOARD_WITHIN_MS;
      const given = waiting ? [] : allocations.of(jobs, now);
      const pairs = pairsOf(given, cards);

      const processes = board.processes(now);
      // A board without any process may be of a driver that lists none.
      listsProcesses ||= processes.length > 0;
      owners.begin(jobs, now);
      const { orphans, unseen } = addProcesses(pairs, processes, cards, (pid) => owners.of(pid));
      owners.end();

      const stands = new Set(standing.map(({ uuid }) => uuid));
      for (const [key, pair] of pairs) {
        const { job_id, user, scheduler, gpu, uuid } = pair;
        const labels = { job_id, user, scheduler, gpu, uuid };
        if (pair.given) marked.set(jobGpuMetrics.job_gpu_allocated, key, labels, 1);
        if (!listsProcesses || !stands.has(uuid) || unseen.has(uuid)) continue;
        marked.set(jobGpuMetrics.job_gpu_processes, key, labels, pair.processes);
        marked.set(jobGpuMetrics.job_gpu_memory_used_bytes, key, labels, pair.memory);
      }

      const allKnown = !waiting && allocations.informed && given.every(({ gpus }) => gpus !== undefined);
      for (const card of standing) {
        const labels = { gpu: card.gpu, uuid: card.uuid };
        const holders = holdersOf(card, pairs, cards);
        if (holders > 0 || allKnown) marked.set(gpuJobMetrics.gpu_jobs, card.uuid, labels, holders);
        if (listsProcesses) marked.set(gpuJobMetrics.gpu_orphan_processes, card.uuid, labels, orphans.get(card.uuid) ?? 0);
      }
      marked.sweep();
    },
    close: () => marked.close(),
  };
}

function pairsOf(given: readonly Allocation[], cards: readonly BoardGpu[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const { labels, gpus } of given) for (const gpu of gpus ?? []) pairAt(pairs, labels, whichGpu(gpu, cards)).given = true;
  return pairs;
}

function pairAt(pairs: Map<string, Pair>, labels: JobLabels, { gpu, uuid }: GpuLabels): Pair {
  const key = [labels.scheduler, labels.job_id, gpu, uuid].join(' ');
  let pair = pairs.get(key);
  if (pair === undefined) pairs.set(key, (pair = { ...labels, gpu, uuid, given: false, processes: 0, memory: 0 }));
  return pair;
}

function addProcesses(
  pairs: Map<string, Pair>,
  processes: readonly BoardProcess[],
  cards: readonly BoardGpu[],
  ownerOf: (pid: number) => Job | 'nobody' | 'new' | 'unseen',
): { readonly orphans: ReadonlyMap<string, number>; readonly unseen: ReadonlySet<string> } {
  const orphans = new Map<string, number>();
  const unseen = new Set<string>();
  for (const { uuid, pid, memoryBytes } of processes) {
    const owner = ownerOf(pid);
    if (owner === 'unseen') unseen.add(uuid);
    else if (owner === 'nobody') orphans.set(uuid, (orphans.get(uuid) ?? 0) + 1);
    else if (owner !== 'new') {
      const { id, user, scheduler } = owner;
      const pair = pairAt(pairs, { job_id: id, user, scheduler }, whichGpu({ by: 'uuid', name: uuid }, cards));
      pair.processes++;
      pair.memory += memoryBytes;
    }
  }
  return { orphans, unseen };
}

/** Jobs that were given this GPU or an instance of it. */
function holdersOf(card: BoardGpu, pairs: ReadonlyMap<string, Pair>, cards: readonly BoardGpu[]): number {
  const parts = new Set([card.uuid, ...cards.filter(({ parent }) => parent === card.uuid).map(({ uuid }) => uuid)]);
  const holders = [...pairs.values()].filter(({ given, uuid }) => given && parts.has(uuid));
  return new Set(holders.map(({ scheduler, job_id }) => `${scheduler} ${job_id}`)).size;
}
