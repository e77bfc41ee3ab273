import type { BoardGpu } from '../../../gpu-board.ts';
import type { GivenGpu } from './given-gpu.ts';

/** Labels of a GPU: empty where they are not known. */
export interface GpuLabels {
  readonly gpu: string;
  readonly uuid: string;
}

/** Which of the node's GPUs is meant; one that is not among them keeps the name it was given by, and no UUID of another. */
export function whichGpu(given: GivenGpu, gpus: readonly BoardGpu[]): GpuLabels {
  const found = find(given, gpus);
  if (found !== undefined) return { gpu: found.gpu, uuid: found.uuid };
  return given.by === 'uuid' ? { gpu: '', uuid: given.name } : { gpu: given.name, uuid: '' };
}

function find({ by, name }: GivenGpu, gpus: readonly BoardGpu[]): BoardGpu | undefined {
  if (by === 'uuid') return gpus.find(({ uuid }) => uuid === name) ?? onlyOne(gpus.filter(({ uuid }) => uuid.startsWith(name)));
  // Where no card tells the number of its device file, their order is the best that is known.
  const byMinor = by === 'minor' && gpus.some(({ minor }) => minor !== undefined);
  return gpus.find((gpu) => gpu.parent === undefined && (byMinor ? gpu.minor === Number(name) : gpu.gpu === name)) ?? instance(name, gpus);
}

function instance(name: string, gpus: readonly BoardGpu[]): BoardGpu | undefined {
  return name.includes(':') ? gpus.find(({ gpu }) => gpu === name) : undefined;
}

// CUDA takes the beginning of a UUID for the whole where only one GPU's begins so.
function onlyOne(gpus: readonly BoardGpu[]): BoardGpu | undefined {
  return gpus.length === 1 ? gpus[0] : undefined;
}
