import type { Host } from '../../host.ts';
import type { GpuReading } from '../../samplers/gpu/reading.ts';

/** What a source of GPU readings is opened with, in the child process. */
export interface GpuSourceContext {
  readonly host: Host;
  /** Milliseconds between two readings. */
  readonly period: number;
  /** Says which call into a driver comes next, so that the agent can name the one that hangs; costs a microsecond. */
  readonly calling: (call: string) => void;
  readonly signal: AbortSignal;
}

/** An open source. */
export interface GpuSource {
  /** Reads every GPU once. Rejects where nothing can be read this time; a GPU that is lost is left out, its others stay. */
  read(now: number): GpuReading | Promise<GpuReading>;
  close(): void | Promise<void>;
}

/** A way to read GPUs; throws `Unavailable` at opening where the node does not have it, with the reason and what would mend it. */
export type OpenGpuSource<Options = unknown> = (context: GpuSourceContext, options: Options) => GpuSource | Promise<GpuSource>;
