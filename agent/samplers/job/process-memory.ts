import type { JobValues } from './job-values.ts';
import type { ProcessReading } from './process-reading.ts';

/** Notes the memory of processes together; used and most memory only where no cgroup tells them. */
export function openProcessMemory(values: JobValues): (all: readonly ProcessReading[], told: boolean) => void {
  const [resident, shared, virtual] = [
    values.of('job_memory_resident_bytes'),
    values.of('job_memory_shared_bytes'),
    values.of('job_memory_virtual_bytes'),
  ];
  const [used, most] = [values.of('job_memory_used_bytes'), values.of('job_memory_max_bytes')];
  return (all, told) => {
    const sums = { resident: 0, anonymous: 0, shared: 0, virtual: 0 };
    for (const { stat, status } of all) {
      sums.resident += known(status.residentBytes);
      sums.anonymous += known(status.anonymousBytes);
      sums.shared += known(status.sharedBytes);
      sums.virtual += known(stat.virtualBytes);
    }
    if (all.length === 0) return;
    resident.note(sums.resident);
    shared.note(sums.shared);
    virtual.note(sums.virtual);
    if (told) return;
    used.note(sums.anonymous + sums.shared);
    most.note(most.last > used.last ? most.last : used.last);
  };
}

// Who has ended but was not waited for has no memory any more.
function known(bytes: number): number {
  return Number.isNaN(bytes) ? 0 : bytes;
}
