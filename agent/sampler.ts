import type { Fields, OptionsOf } from './contract/config.ts';
import type { Metric, Metrics } from './contract/metric.ts';
import type { Finding } from './finding.ts';
import type { GpuBoard } from './gpu-board.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';

/** A time series this node reports. Its labels are fixed when it opens, so that sampling only stores a number. */
export interface Series {
  /** The value of the round being taken. NaN, like not setting it, leaves a gap in this round. */
  set(value: number): void;
  /** Ends the series: its disk, mount or job has gone. Safe to call twice. */
  end(): void;
}

/** An open source, ready to be read every period. */
export interface Sampler {
  /** Takes one reading. Never runs concurrently with itself. A rejection costs this sampler's round, nobody else's. */
  sample(): void | Promise<void>;
  /** Says that what fails here mends itself (a child process is started anew), so failures never have it closed and opened again. */
  readonly mends?: true;
  /** Releases file handles and child processes. Safe to call twice. */
  close?(): void | Promise<void>;
}

/** What a sampler is opened with; it reaches the machine and the readings through this alone. */
export interface SamplerContext<Options> {
  readonly options: Options;
  /** The node's /proc, /sys and clock; tests pass a recorded one. */
  readonly host: Host;
  /** Opens a series. Asking twice for the same labels gives the same series. Values are cleaned of line breaks. */
  readonly series: <Label extends string>(metric: Metric<Label>, ...labels: LabelArgument<Label>) => Series;
  /** Milliseconds between two readings, as configured. */
  readonly period: number;
  /** Which GPUs there are and who uses them: the GPU sampler writes it, those of jobs and power read it. */
  readonly gpus: GpuBoard;
  /** Where a person is told of a change that is no failure: another source was taken. */
  readonly log: Log;
  /** Ends when the agent stops. */
  readonly signal: AbortSignal;
}

type LabelArgument<Label extends string> = [Label] extends [never] ? [] : [labels: Readonly<Record<Label, string>>];

/** A kind of sampler: everything the agent, the documentation and the tests need to know of it. */
export interface SamplerKind<F extends Fields = Fields> {
  /** Name in the configuration (`samplers: { NAME: {…} }`); equals the folder's name. */
  readonly name: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /** Its own period where the agent's is too often (filesystem: 30 s); a shorter configured one wins. */
  readonly period?: string;
  readonly metrics: Metrics;
  readonly options: F;
  /** Opens the source. Throws `Unavailable` where the node does not have it. */
  open(context: SamplerContext<OptionsOf<F>>): Sampler | Promise<Sampler>;
  /** Looks for its sources without opening them, for `vigie-agent doctor`; absent where there is nothing to miss. */
  examine?(host: Host, options: OptionsOf<F>): readonly Finding[] | Promise<readonly Finding[]>;
}

/** Declares a sampler; every folder of `agent/samplers` exports one as its default. */
export function defineSampler<const F extends Fields>(kind: SamplerKind<F>): SamplerKind<F> {
  return kind;
}
