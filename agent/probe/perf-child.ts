import { readFileSync } from 'node:fs';
import { answerQuestions } from './answer-questions.ts';
import { loadPerfCalls } from './perf-calls.ts';
import { isPerfEvent } from './perf-events.ts';
import { openPerfReader } from './perf-reader.ts';
import type { PerfReader } from './perf-reader.ts';

// The kernel holds about a kilobyte for each counter, and looks through those of a CPU when jobs take turns on it.
const MOST_DESCRIPTORS = 16_384;
/** For everything else that is open. */
const SPARE_DESCRIPTORS = 64;

/** The child's side of the perf probe (`--probe perf`): a subject is `event,event,… /path/of/a/cgroup`, the answer what was counted by event. */
export function runPerfProbe(): void {
  let reader: Promise<PerfReader> | undefined;
  answerQuestions(async (subject) => {
    const space = subject.indexOf(' ');
    const events = subject.slice(0, space).split(',').filter(isPerfEvent);
    reader ??= open();
    return (await reader).read(subject.slice(space + 1), events);
  });
}

async function open(): Promise<PerfReader> {
  const [, limit = '1024'] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return openPerfReader({ calls: await loadPerfCalls(), most: Math.min(MOST_DESCRIPTORS, Number(limit) - SPARE_DESCRIPTORS) });
}
