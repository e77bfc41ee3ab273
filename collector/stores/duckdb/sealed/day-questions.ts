import type { Readers } from '../readers.ts';
import { listEach } from './list-series.ts';
import { quoted } from './quoted.ts';
import { readDays } from './read-days.ts';
import type { FileQuery } from './read-days.ts';
import type { SealedName, SealedSeries } from './sealed-day.ts';
import { together } from './together.ts';
import type { Together } from './together.ts';

/** A name's series in a day's file. */
export interface NameQuestion {
  readonly file: string;
  readonly name: string;
}

/** What is asked of many days at a time; who asks them at once gets one question asked. */
export interface DayQuestions {
  readonly names: Together<NameQuestion, SealedName[]>;
  readonly buckets: Together<FileQuery, SealedSeries[]>;
}

/** Files of a question: what is read of each is held until the last one is read. */
const MOST_FILES = 120;

/** Questions asked through these connections. */
export function dayQuestions(readers: Readers): DayQuestions {
  return {
    names: together(
      ({ name }) => name,
      MOST_FILES,
      (asked, signal) =>
        readers.use(signal, (connection) => {
          const files = asked.map(({ file }) => quoted(file)).join(', ');
          return listEach(connection, `read_parquet([${files}])`, `WHERE name = ${quoted(asked[0]?.name ?? '')}`, asked.length);
        }),
    ),
    buckets: together(
      () => '',
      MOST_FILES,
      (asked, signal) => readers.use(signal, (connection) => readDays(connection, asked)),
    ),
  };
}
