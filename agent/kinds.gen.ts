// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.
import type { SamplerKind } from './sampler.ts';
import agent from './samplers/agent/index.ts';
import beegfs from './samplers/beegfs/index.ts';
import cpu from './samplers/cpu/index.ts';
import cpufreq from './samplers/cpufreq/index.ts';
import diskstats from './samplers/diskstats/index.ts';
import filesystem from './samplers/filesystem/index.ts';
import gpu from './samplers/gpu/index.ts';
import hwmon from './samplers/hwmon/index.ts';
import infiniband from './samplers/infiniband/index.ts';
import inventory from './samplers/inventory/index.ts';
import job from './samplers/job/index.ts';
import loadavg from './samplers/loadavg/index.ts';
import lustre from './samplers/lustre/index.ts';
import meminfo from './samplers/meminfo/index.ts';
import netdev from './samplers/netdev/index.ts';
import nfs from './samplers/nfs/index.ts';
import power from './samplers/power/index.ts';
import powercap from './samplers/powercap/index.ts';
import pressure from './samplers/pressure/index.ts';
import rapl from './samplers/rapl/index.ts';
import temperature from './samplers/temperature/index.ts';
import thermal from './samplers/thermal/index.ts';
import throttle from './samplers/throttle/index.ts';
import time from './samplers/time/index.ts';
import uname from './samplers/uname/index.ts';
import vmstat from './samplers/vmstat/index.ts';

/** Every kind of sampler there is, by name. */
export const samplerKinds: readonly SamplerKind[] = [
  agent,
  beegfs,
  cpu,
  cpufreq,
  diskstats,
  filesystem,
  gpu,
  hwmon,
  infiniband,
  inventory,
  job,
  loadavg,
  lustre,
  meminfo,
  netdev,
  nfs,
  power,
  powercap,
  pressure,
  rapl,
  temperature,
  thermal,
  throttle,
  time,
  uname,
  vmstat,
];
