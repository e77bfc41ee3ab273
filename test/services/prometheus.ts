import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath } from './programs.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

/** What a Prometheus is started with besides its configuration. */
export interface PrometheusStart {
  /** Samples that it has from the beginning: pieces of a text in OpenMetrics' format. */
  readonly openMetrics?: Iterable<string>;
  readonly args?: readonly string[];
}

/** Prometheus with this text as its configuration file. */
export function startPrometheus(config: string, { openMetrics, args = [] }: PrometheusStart = {}): Promise<Service> {
  return startService({
    program: 'prometheus',
    ready: '/-/ready',
    async prepare({ dir, port }) {
      const file = join(dir, 'prometheus.yml');
      writeFileSync(file, config);
      const data = join(dir, 'data');
      if (openMetrics !== undefined) await createBlocks(openMetrics, dir, data);
      return [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`, ...args];
    },
  });
}

async function createBlocks(text: Iterable<string>, dir: string, data: string): Promise<void> {
  const file = join(dir, 'samples.txt');
  await writeFile(file, text);
  const { code, output } = await runPromtool(['tsdb', 'create-blocks-from', 'openmetrics', file, data]);
  if (code !== 0) throw new Error(`promtool made no blocks: ${output}`);
  rmSync(file);
}

/** What promtool had to say. */
export interface PromtoolAnswer {
  /** Its exit status: 0 where it found nothing wrong. */
  readonly code: number;
  /** What it printed on both outputs. */
  readonly output: string;
}

const PROMTOOL_WITHIN_MS = 600_000;

/** Runs promtool with `input` on its standard input; for `['check', 'metrics']` an exit status of 3 means lint remarks. */
export function runPromtool(args: readonly string[], input = ''): Promise<PromtoolAnswer> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PROMTOOL_WITHIN_MS, maxBuffer: 2 ** 24 };
    const child = execFile(programPath('promtool'), args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
    // It may end before it has read everything; what it then says is the answer.
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.stdin?.end(input);
  });
}
