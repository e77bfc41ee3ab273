// Made by deploy/generate.mjs of the folders in agent/samplers; do not edit.
import type { Metrics } from '../../agent/contract/metric.ts';
import { runtimeMetrics } from '../../agent/runtime-metrics.ts';
import { metrics as agent } from '../../agent/samplers/agent/metrics.ts';
import { metrics as beegfs } from '../../agent/samplers/beegfs/metrics.ts';
import { metrics as cpu } from '../../agent/samplers/cpu/metrics.ts';
import { metrics as cpufreq } from '../../agent/samplers/cpufreq/metrics.ts';
import { metrics as diskstats } from '../../agent/samplers/diskstats/metrics.ts';
import { metrics as filesystem } from '../../agent/samplers/filesystem/metrics.ts';
import { metrics as gpu } from '../../agent/samplers/gpu/metrics.ts';
import { metrics as hwmon } from '../../agent/samplers/hwmon/metrics.ts';
import { metrics as infiniband } from '../../agent/samplers/infiniband/metrics.ts';
import { metrics as inventory } from '../../agent/samplers/inventory/metrics.ts';
import { metrics as job } from '../../agent/samplers/job/metrics.ts';
import { metrics as loadavg } from '../../agent/samplers/loadavg/metrics.ts';
import { metrics as lustre } from '../../agent/samplers/lustre/metrics.ts';
import { metrics as meminfo } from '../../agent/samplers/meminfo/metrics.ts';
import { metrics as netdev } from '../../agent/samplers/netdev/metrics.ts';
import { metrics as nfs } from '../../agent/samplers/nfs/metrics.ts';
import { metrics as power } from '../../agent/samplers/power/metrics.ts';
import { metrics as powercap } from '../../agent/samplers/powercap/metrics.ts';
import { metrics as pressure } from '../../agent/samplers/pressure/metrics.ts';
import { metrics as rapl } from '../../agent/samplers/rapl/metrics.ts';
import { metrics as temperature } from '../../agent/samplers/temperature/metrics.ts';
import { metrics as thermal } from '../../agent/samplers/thermal/metrics.ts';
import { metrics as throttle } from '../../agent/samplers/throttle/metrics.ts';
import { metrics as time } from '../../agent/samplers/time/metrics.ts';
import { metrics as uname } from '../../agent/samplers/uname/metrics.ts';
import { metrics as vmstat } from '../../agent/samplers/vmstat/metrics.ts';
import { metrics as redfish } from '../redfish/metrics.ts';

/** Every metric that our agents declare, and what the collector asks about nodes, by the component that reads it. */
export const declaredMetrics: Readonly<Record<string, Metrics>> = {
  runtime: runtimeMetrics,
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
  redfish,
};
