// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.
import type { SamplerKind } from './sampler.ts';
import agent from './samplers/agent/index.ts';
import cpu from './samplers/cpu/index.ts';
import diskstats from './samplers/diskstats/index.ts';
import filesystem from './samplers/filesystem/index.ts';
import hwmon from './samplers/hwmon/index.ts';
import inventory from './samplers/inventory/index.ts';
import loadavg from './samplers/loadavg/index.ts';
import meminfo from './samplers/meminfo/index.ts';
import netdev from './samplers/netdev/index.ts';
import pressure from './samplers/pressure/index.ts';
import thermal from './samplers/thermal/index.ts';
import time from './samplers/time/index.ts';
import uname from './samplers/uname/index.ts';
import vmstat from './samplers/vmstat/index.ts';

/** Every kind of sampler there is, by name. */
export const samplerKinds: readonly SamplerKind[] = [
  agent,
  cpu,
  diskstats,
  filesystem,
  hwmon,
  inventory,
  loadavg,
  meminfo,
  netdev,
  pressure,
  thermal,
  time,
  uname,
  vmstat,
];
