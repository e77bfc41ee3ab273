// Names of made series that many questions are about.

/** Counters of three modes, one of them started again. */
export const CPU = 'machine_cpu_seconds_total';
/** A gauge of cards that come and go. */
export const POWER = 'card_power_watts';
/** A counter of cards that come and go. */
export const ENERGY = 'card_energy_joules_total';
/** A gauge of every node. */
export const LOAD = 'machine_load1';
/** Buckets of classic histograms. */
export const BUCKET = 'http_request_seconds_bucket';
