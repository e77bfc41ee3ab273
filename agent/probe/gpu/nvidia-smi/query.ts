import { Transient, Unavailable } from '../../../contract/errors.ts';
import { saidBy } from '../command/run-command.ts';
import type { CommandRunner } from '../command/run-command.ts';
import { offeredFields, portableFields } from './fields.ts';

const HELP_MS = 10_000;
const APPS_MS = 10_000;
const APPS = 'gpu_uuid,pid,used_gpu_memory';

/** The fields this nvidia-smi knows; those that every one knows where it does not tell. */
export async function askFields(runner: CommandRunner): Promise<ReadonlySet<string>> {
  const help = await runner.run(['--help-query-gpu'], HELP_MS);
  const offered = offeredFields(help.stdout);
  return help.code === 0 && offered.has('uuid') ? offered : portableFields;
}

/** The field that nvidia-smi refuses, in its complaint about it; undefined where it complains of something else. */
export function refusedField(complaint: string): string | undefined {
  return /Field "([\w.]+)" is not a valid field/.exec(complaint)?.[1];
}

/** A process with a context on a GPU. */
export interface SmiProcess {
  readonly uuid: string;
  readonly pid: number;
  /** Bytes; undefined where the driver does not tell. */
  readonly memory: number | undefined;
}

/** The processes that compute on GPUs. Throws `Transient` where nvidia-smi cannot say. */
export async function askProcesses(runner: CommandRunner): Promise<readonly SmiProcess[]> {
  const answer = await runner.run([`--query-compute-apps=${APPS}`, '--format=csv,noheader,nounits'], APPS_MS);
  if (answer.code !== 0) throw new Transient(`nvidia-smi --query-compute-apps: ${saidBy(answer)}`);
  return answer.stdout.split('\n').flatMap((line) => {
    const [, uuid, pid, mebibytes] = /^([\w-]+), (\d+), (.+)$/.exec(line.trim()) ?? [];
    if (uuid === undefined) return [];
    return [{ uuid, pid: Number(pid), memory: /^\d+$/.test(mebibytes ?? '') ? Number(mebibytes) * 2 ** 20 : undefined }];
  });
}

/** What an ending of nvidia-smi means: nothing to read here, or later again. */
export function endingOf(words: string): Unavailable | Transient {
  if (/No devices (were )?found/i.test(words)) return new Unavailable(`nvidia-smi finds no GPU (${words})`);
  if (/couldn't communicate with the NVIDIA driver|driver\/library version mismatch|libnvidia-ml/i.test(words)) {
    return new Unavailable(`nvidia-smi does not reach its driver; load the module that fits it (modprobe nvidia), or reboot (${words})`);
  }
  return new Transient(`nvidia-smi ${words}`);
}
