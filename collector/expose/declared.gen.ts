// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.
import type { Metrics } from '../../agent/contract/metric.ts';
import { runtimeMetrics } from '../../agent/runtime-metrics.ts';
import { metrics as agent } from '../../agent/samplers/agent/metrics.ts';
import { metrics as cpu } from '../../agent/samplers/cpu/metrics.ts';
import { metrics as diskstats } from '../../agent/samplers/diskstats/metrics.ts';
import { metrics as filesystem } from '../../agent/samplers/filesystem/metrics.ts';
import { metrics as hwmon } from '../../agent/samplers/hwmon/metrics.ts';
import { metrics as inventory } from '../../agent/samplers/inventory/metrics.ts';
import { metrics as loadavg } from '../../agent/samplers/loadavg/metrics.ts';
import { metrics as meminfo } from '../../agent/samplers/meminfo/metrics.ts';
import { metrics as netdev } from '../../agent/samplers/netdev/metrics.ts';
import { metrics as pressure } from '../../agent/samplers/pressure/metrics.ts';
import { metrics as thermal } from '../../agent/samplers/thermal/metrics.ts';
import { metrics as time } from '../../agent/samplers/time/metrics.ts';
import { metrics as uname } from '../../agent/samplers/uname/metrics.ts';
import { metrics as vmstat } from '../../agent/samplers/vmstat/metrics.ts';

/** Every metric that our agents declare, by the component that reads it. */
export const declaredMetrics: Readonly<Record<string, Metrics>> = {
  runtime: runtimeMetrics,
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
};
