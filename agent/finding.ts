/** What a look at one source of the node found, for `vigie-agent doctor`. */
export interface Finding {
  /** The source in a few words: `NVML`, `RAPL package 0`, `Slurm jobs`. */
  readonly source: string;
  readonly found: boolean;
  /** What was found, or what is in the way. */
  readonly why: string;
  /** The one command or line of configuration that would bring it, where there is one. */
  readonly fix?: string;
}
