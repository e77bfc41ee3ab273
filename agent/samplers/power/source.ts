/** The ways in which a node's power is known, best first. */
export type SourceName = 'pm_counters' | 'ipmi' | 'acpi' | 'hwmon' | 'module' | 'psys' | 'estimate';

/** What a source says of the node and its parts; overwritten by the source's next reading. */
export interface PowerReading {
  /** When it was taken, milliseconds since the epoch. */
  readonly at: number;
  /** NaN where it is not known this time. */
  readonly watts: number;
  /** The source's own counter of the node's energy; NaN where it has none, or it could not be read. */
  readonly joules: number;
  readonly components: readonly Component[];
}

/** What a part of the node draws; NaN where it is not known this time. */
export interface Component {
  readonly name: string;
  readonly watts: number;
  readonly joules: number;
}

/** An open source of the node's power. */
export interface PowerSource {
  readonly name: SourceName;
  /** Whether it counts the node's energy itself; else its watts are summed up. */
  readonly counts: boolean;
  /** Whether it tells of the node's parts; else RAPL does. */
  readonly tellsParts: boolean;
  /** Milliseconds between two readings of its own; 0 where it is read whenever it is asked. */
  readonly periodMs: number;
  /** What is new since the last call, or undefined. Never waits. */
  read(now: number): PowerReading | undefined;
  /** Where a reading takes time: ends, without failing, when the first one has come or failed. */
  readonly first?: Promise<void>;
  close(): void;
}

/** A source that may be tried; `open` throws `Unavailable` where the node does not have it. */
export interface Candidate {
  readonly name: SourceName;
  open(): PowerSource;
}

/** What no node draws: an ACPI meter without a value answers 4.29 MW (0xFFFFFFFF mW). */
export const MOST_WATTS = 20_000;

/** Watts as far as they can be those of a node that runs; else NaN. */
export function plausible(watts: number): number {
  return watts > 0 && watts <= MOST_WATTS ? watts : Number.NaN;
}
