import type { BenchRow } from './bench-row.ts';
import { agentRow } from './rows/agent.ts';
import { bodyRow } from './rows/body.ts';
import { dashboardsRow } from './rows/dashboards.ts';
import { expositionRow } from './rows/exposition.ts';
import { fleetRow } from './rows/fleet.ts';
import { gpuJitterRow } from './rows/gpu-jitter.ts';
import { gpuRow } from './rows/gpu.ts';
import { ingestRow } from './rows/ingest.ts';
import { jobsRow } from './rows/jobs.ts';
import { killsRow } from './rows/kills.ts';
import { memoryRow } from './rows/memory.ts';
import { queryDaysRow } from './rows/query-days.ts';
import { queryRow } from './rows/query.ts';
import { storeRow } from './rows/store.ts';

/** Everything that the bench measures, in the order of its table. */
export const benchRows: readonly BenchRow[] = [
  agentRow,
  jobsRow,
  gpuRow,
  gpuJitterRow,
  ingestRow,
  bodyRow,
  expositionRow,
  fleetRow,
  queryRow,
  queryDaysRow,
  storeRow,
  memoryRow,
  dashboardsRow,
  killsRow,
];
