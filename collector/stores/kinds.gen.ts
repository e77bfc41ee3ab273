// Made by deploy/generate.mjs of the folders in collector/stores; do not edit.
import duckdb from './duckdb/index.ts';
import influxdb from './influxdb/index.ts';
import prometheus from './prometheus/index.ts';
import type { StoreKind } from './store.ts';

// What a kind is opened with was read by its own fields, which the common type cannot say.
/** Every kind of store there is, by name. */
export const storeKinds = [duckdb, influxdb, prometheus] as unknown as readonly StoreKind[];
