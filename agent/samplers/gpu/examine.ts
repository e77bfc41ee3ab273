import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { messageOf } from '../../contract/errors.ts';
import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { findProgram } from '../../probe/gpu/command/find-program.ts';
import { ownTool } from '../../probe/gpu/command/own-command.ts';
import { presets } from '../../probe/gpu/command/presets.ts';
import type { Tool } from '../../probe/gpu/command/tool.ts';
import { findTraces } from './present.ts';
import type { Traces } from './present.ts';
import type { GpuOptions } from './sampler.ts';

// Where distributions, NVIDIA's own installer, containers and NixOS have the driver's libraries.
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/lib/wsl/lib',
  '/usr/local/nvidia/lib64',
  '/run/opengl-driver/lib',
];
const LIBRARY = 'libnvidia-ml.so.1';
// PCI: vendor 10de is NVIDIA, class 03 a display controller (pci.ids).
const NVIDIA = '0x10de';
const DISPLAY = '0x03';
const PCI = '/sys/bus/pci/devices';

/** Looks for what GPUs are read with, without calling a driver, which could hang. */
export async function examineGpus(host: Host, options: GpuOptions): Promise<readonly Finding[]> {
  const traces = findTraces(host);
  return [
    ...(options.nvidia === 'off' ? [] : [await examineNvml(host, options, traces), examineNvidiaSmi(host, options, traces)]),
    examineCards(host, 'AMD GPUs', traces.amd, ['amdgpu']),
    examineCards(host, 'Intel GPUs', traces.intel, ['i915', 'xe']),
    ...options.commands.map((name) => examineTool(host, presets[name])),
    ...(options.command === undefined ? [] : [examineTool(host, ownTool(options.command))]),
  ];
}

async function examineNvml(host: Host, { nvml }: GpuOptions, { nvidia }: Traces): Promise<Finding> {
  const source = 'NVML';
  const missing = (why: string, fix?: string): Finding => ({ source, found: false, why, ...(fix === undefined ? {} : { fix }) });
  if (nvidia === undefined && nvml === undefined) return withoutDriver(source, host);
  const library = nvml ?? LIBRARY_FOLDERS.map((folder) => `${folder}/${LIBRARY}`).find((path) => existsSync(host.path(path)));
  if (library === undefined)
    return missing(`${LIBRARY} is in none of the usual folders`, 'samplers: { gpu: { nvml: /path/of/libnvidia-ml.so.1 } }');
  if (!existsSync(nvml === undefined ? host.path(library) : library)) return missing(`there is no ${library}`, 'mend samplers.gpu.nvml');
  const version = nvml === undefined ? libraryVersion(host.path(library)) : undefined;
  // NVML's own answer to that is 18, Driver/library version mismatch.
  if (version !== undefined && nvidia !== undefined && nvidia !== '' && version !== nvidia)
    return missing(
      `${library} is of ${version}, the loaded driver of ${nvidia}: they must be the same`,
      'reboot   (or load the new module)',
    );
  const locked = ['/dev/nvidiactl', '/dev/nvidia0'].find((device) => isLocked(host.path(device)));
  if (locked !== undefined) return missing(`${locked} may not be opened`, `chmod a+rw ${locked}   (or run as a member of its group)`);
  const koffi = await whyNoKoffi();
  if (koffi !== undefined) return missing(`koffi, which calls it, is not here (${koffi})`, 'npm install koffi   (beside the agent)');
  return { source, found: true, why: `${library}${nvidia === undefined || nvidia === '' ? '' : `, driver ${nvidia}`}` };
}

function examineNvidiaSmi(host: Host, { nvidia_smi = 'nvidia-smi' }: GpuOptions, { nvidia }: Traces): Finding {
  const source = 'nvidia-smi';
  const program = findProgram(host, nvidia_smi);
  if (program !== undefined) return { source, found: true, why: program };
  if (nvidia === undefined) return withoutDriver(source, host);
  return {
    source,
    found: false,
    why: `there is no ${nvidia_smi}`,
    fix: "install the driver's tools (nvidia-utils), or set samplers.gpu.nvidia_smi",
  };
}

function examineTool(host: Host, { name, program, folders, mend }: Tool): Finding {
  const source = `${program} (${name})`;
  const found = findProgram(host, program, folders);
  return found === undefined ? { source, found: false, why: `there is no ${program}`, fix: mend } : { source, found: true, why: found };
}

function withoutDriver(source: string, host: Host): Finding {
  const at = host
    .list(PCI)
    .find((slot) => host.text(`${PCI}/${slot}/vendor`) === NVIDIA && host.text(`${PCI}/${slot}/class`)?.startsWith(DISPLAY));
  if (at === undefined) return { source, found: false, why: 'no NVIDIA driver is loaded, and there is no card for it' };
  return { source, found: false, why: `the card at ${at} has no NVIDIA driver`, fix: 'modprobe nvidia   (or install the driver)' };
}

function examineCards(host: Host, source: string, cards: readonly string[], drivers: readonly string[]): Finding {
  if (cards.length === 0) return { source, found: false, why: 'no such card in /sys/class/drm' };
  const of = (card: string): string => host.link(`/sys/class/drm/${card}/device/driver`)?.split('/').pop() ?? 'no driver';
  const odd = cards.find((card) => !drivers.includes(of(card)));
  const why = cards.map((card) => `${card} (${of(card)})`).join(', ');
  return odd === undefined ? { source, found: true, why } : { source, found: false, why, fix: `modprobe ${drivers[0] ?? ''}` };
}

// The driver names the file behind its links with its version: libnvidia-ml.so.550.163.01.
function libraryVersion(path: string): string | undefined {
  return /\.so\.(\d+\.[\d.]+)$/.exec(basename(realpathSync(path)))?.[1];
}

function isLocked(device: string): boolean {
  if (!existsSync(device)) return false;
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return true;
    throw error;
  }
}

async function whyNoKoffi(): Promise<string | undefined> {
  try {
    await import('koffi');
    return undefined;
  } catch (error) {
    return messageOf(error).split('\n')[0];
  }
}
