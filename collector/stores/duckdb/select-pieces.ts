import type { Selection } from '../../promql/queryable.ts';
import type { Piece } from './ask-messages.ts';
import type { Gate } from './gate.ts';
import { readPiece } from './read-piece.ts';
import type { PieceReading } from './read-piece.ts';
import { rollingOf } from './resolution.ts';
import { seriesTest } from './series-test.ts';
import { daysWithin } from './sources.ts';
import type { Sources } from './sources.ts';
import { wantedSeries } from './wanted.ts';
import type { Wanted } from './wanted.ts';

/** What questions are answered from. */
export interface Answering extends Omit<PieceReading, 'signal'> {
  readonly sources: Sources;
  /** Days are not changed while it is read. */
  readonly gate: Gate;
  /** Takes what has been told, so that everything acknowledged is among what is read. */
  readonly hear: () => void;
}

/** Samples that a piece is meant to have, 16 bytes each, and those that it may have at most unless it is of one series. */
const PIECE_SAMPLES = 2_000_000;
const MOST_SAMPLES = 4_000_000;
const PIECE_SERIES = 8192;

/** The samples that a selection asks for, some series at a time, in the order of names and label texts; the piece that is last says so. */
export async function* selectPieces(
  answering: Answering,
  selection: Selection,
  signal: AbortSignal,
): AsyncGenerator<{ readonly piece: Piece; readonly last: boolean }> {
  const { sources, gate, hear } = answering;
  const { matchers, from, to, hint } = selection;
  const moments = hint.range === 0 ? { to, step: hint.step } : undefined;
  const rolling = rollingOf(selection);
  hear();
  const asked = { ...selection, tests: [seriesTest(matchers)], rolling };
  const wanted = await gate.read(() => wantedSeries(daysWithin(sources, from, to), asked, signal));

  const read = async (some: readonly Wanted[], most: number): Promise<{ finish(): Piece } | undefined> => {
    // Not behind the gate: it takes the gate to mend a file.
    for (const { live } of daysWithin(sources, from, to)) await live?.partition?.ready();
    return gate.read(() => {
      hear();
      const query = { wanted: some, from, to, moments, rolling, most, remember: some.length === wanted.length };
      return readPiece(daysWithin(sources, from, to), query, { ...answering, signal });
    });
  };

  // Series are thought to have so many times the samples that they were estimated to have.
  let denser = 1;
  for (let at = 0; at < wanted.length;) {
    const estimated = Math.max(1, pieceLength(wanted, at, denser));
    let length = estimated;
    let made = await read(wanted.slice(at, at + length), length === 1 ? Number.POSITIVE_INFINITY : MOST_SAMPLES);
    while (made === undefined) {
      length = Math.max(1, length >> 2);
      denser *= 4;
      made = await read(wanted.slice(at, at + length), length === 1 ? Number.POSITIVE_INFINITY : MOST_SAMPLES);
    }
    at += length;
    yield { piece: made.finish(), last: at >= wanted.length };
  }
}

// How many series from `at` on make a piece.
function pieceLength(wanted: readonly Wanted[], at: number, denser: number): number {
  let samples = 0;
  let length = 0;
  while (at + length < wanted.length && length < PIECE_SERIES) {
    samples += (wanted[at + length] as Wanted).samples * denser;
    if (samples > PIECE_SAMPLES) break;
    length++;
  }
  return length;
}
