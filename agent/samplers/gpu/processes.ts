import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';
import type { ProcessReading } from './reading.ts';

/** Processes of a GPU that have series of their own; more are only counted. */
export const PROCESSES_MAX = 64;

interface ProcessSeries {
  set(process: ProcessReading): void;
  end(): void;
}

/** The series of the processes on one GPU. */
export function openProcesses(
  series: SamplerContext<unknown>['series'],
  own: { readonly gpu: string; readonly uuid: string; readonly vendor: string },
): { show(processes: readonly ProcessReading[]): void; end(): void } {
  const count = series(metrics.gpu_processes, own);
  let open = new Map<number, ProcessSeries>();

  const openOne = (pid: number): ProcessSeries => {
    const labels = { ...own, pid: String(pid) };
    // Opened by the first value: a card that does not tell a process' share has no series of it.
    const kept = new Map<string, Series>();
    const set = (name: ProcessMetric, value: number | undefined): void => {
      if (value === undefined) return;
      let one = kept.get(name);
      if (one === undefined) kept.set(name, (one = series(metrics[name], labels)));
      one.set(value);
    };
    return {
      set({ memory, sm, memoryUtilization, encoder, decoder }) {
        set('gpu_process_memory_bytes', memory);
        set('gpu_process_sm_utilization_ratio', sm);
        set('gpu_process_memory_utilization_ratio', memoryUtilization);
        set('gpu_process_encoder_utilization_ratio', encoder);
        set('gpu_process_decoder_utilization_ratio', decoder);
      },
      end() {
        for (const one of kept.values()) one.end();
      },
    };
  };

  return {
    show(processes) {
      const before = open;
      open = new Map();
      // Who has series keeps them, so that with many processes a round does not show others than the last.
      const known = processes.filter(({ pid }) => before.has(pid));
      const others = processes.filter(({ pid }) => !before.has(pid));
      for (const process of [...known, ...others].slice(0, PROCESSES_MAX)) {
        const one = before.get(process.pid) ?? openOne(process.pid);
        before.delete(process.pid);
        open.set(process.pid, one);
        one.set(process);
      }
      for (const gone of before.values()) gone.end();
      count.set(new Set(processes.map(({ pid }) => pid)).size);
    },
    end() {
      count.end();
      for (const one of open.values()) one.end();
      open.clear();
    },
  };
}

type ProcessMetric = Extract<keyof typeof metrics, `gpu_process_${string}`>;
