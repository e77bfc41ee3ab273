import { daySeries } from './day-series.ts';
import type { DaySeries } from './day-series.ts';
import type { Notice } from './messages.ts';
import type { Partition } from './partition.ts';
import { waitingRows } from './waiting-rows.ts';
import type { WaitingRows } from './waiting-rows.ts';

/** A day that still takes rows: what waits in memory, and its file where rows of it have been committed. */
export interface LiveDay {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly series: DaySeries;
  readonly waiting: WaitingRows;
  partition: Partition | undefined;
}

/** The live days by name; one that is not known is made. */
export interface LiveDays {
  get(day: string): LiveDay;
  /** Those there are, in order. */
  all(): readonly LiveDay[];
  /** Makes a day one without a file; its series stay, as rows of it may be on their way. */
  removeFile(live: LiveDay): Promise<void>;
  /** Takes what the collector's thread has told. */
  note(notice: Notice): void;
}

/** No live days yet. */
export function liveDays(): LiveDays {
  const days = new Map<string, LiveDay>();
  const get = (day: string): LiveDay => {
    let live = days.get(day);
    if (live === undefined) days.set(day, (live = { day, series: daySeries(), waiting: waitingRows(), partition: undefined }));
    return live;
  };
  return {
    get,
    all: () => [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
    async removeFile(live) {
      await live.partition?.detach();
      live.partition = undefined;
      live.series.clearFile();
    },
    note(notice) {
      const { series, waiting, partition } = get(notice.day);
      if (notice.kind === 'segment') waiting.open(notice.id, notice.buffer);
      else if (notice.kind === 'described') series.describe(notice.series);
      else if (partition === undefined && waiting.isEmpty) days.delete(notice.day);
    },
  };
}
