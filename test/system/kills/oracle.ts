import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { randomDouble, seeded } from '../../../agent/contract/seeded.ts';

// Every value that an oracle node sends is known from its node, series and time, so that every sample can be checked bit for bit.

/** Measurement of all oracle nodes. */
export const MEASUREMENT = 'oracle';
/** Fields of every line. */
export const FIELDS = ['a', 'b', 'c'] as const;
/** Values of the tag `part`: one line each in every round. */
export const PARTS = ['0', '1'] as const;

/** A series of an oracle node. */
export interface OracleSeries {
  readonly node: string;
  readonly part: (typeof PARTS)[number];
  readonly field: (typeof FIELDS)[number];
}

/** All series of a node. */
export function seriesOf(node: string): OracleSeries[] {
  return PARTS.flatMap((part) => FIELDS.map((field) => ({ node, part, field })));
}

/** What the series is at this time: any finite double. */
export function oracleValue({ node, part, field }: OracleSeries, time: number): number {
  return randomDouble(seeded(crc32(`${node} ${part} ${field} ${time}`)));
}

/** What an oracle agent has noted of itself: the times of rounds that are in its spool, and of those acknowledged. */
export interface Journal {
  readonly spooled: ReadonlySet<number>;
  readonly acknowledged: ReadonlySet<number>;
}

/** The mark of a journal's line. */
export const NOTED = { spooled: '+', acknowledged: '=' } as const;

/** Reads a journal: lines of a mark and times. A line without an end was cut short by a kill and does not count. */
export function readJournal(file: string): Journal {
  const spooled = new Set<number>();
  const acknowledged = new Set<number>();
  for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const times = line.slice(1).split(',').map(Number);
    for (const time of times) (line.startsWith(NOTED.spooled) ? spooled : acknowledged).add(time);
  }
  return { spooled, acknowledged };
}
