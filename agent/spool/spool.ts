import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../contract/errors.ts';
import { keptAgentId } from './agent-id.ts';
import { lockDirectory } from './lock.ts';
import { HEADER_BYTES } from './record.ts';
import { openSegment, syncLater } from './segment.ts';
import type { Segment, SpoolRecord } from './segment.ts';

/** Batches on disk, in the order they were written. */
export interface Spool {
  /** The agent's id, kept beside the batches. */
  readonly id: string;
  /** Writes a batch; throws what the file system says, and then holds nothing of it. */
  append(payload: Uint8Array, values: number): SpoolRecord;
  /** The oldest or newest record that waits and is not to be skipped. */
  find(end: 'oldest' | 'newest', skip: (record: SpoolRecord) => boolean): SpoolRecord | undefined;
  /** The payload; a damaged one is counted, passed over for good, and answered as undefined. */
  read(record: SpoolRecord): Buffer | undefined;
  /** Forgets a record that has been acknowledged or given up. */
  settle(record: SpoolRecord): void;
  /** Records that wait. */
  readonly waiting: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Records found damaged since the spool was opened. */
  readonly damaged: number;
  /** Waiting records that the byte cap has pushed out. */
  readonly pushedOut: number;
  close(): void;
}

/** Where a spool is and how large it may become. */
export interface SpoolOptions {
  readonly dir: string;
  /** Cap on the bytes of all files; the oldest go first. */
  readonly maxBytes: number;
  /** Told what the file system says where the spool can go on without. */
  readonly onTrouble: (error: unknown) => void;
}

const SEGMENT_BYTES = 1_048_576;
const SEGMENT_NAME = /^([0-9a-f]{12})\.spool$/;
// Leaves room to count on from a file that somebody named to the limit.
const LAST_NUMBER = 2 ** 47;

/**
 * Opens the spool of a directory, made if need be, whatever state its files are in.
 *
 * @throws SpoolInUse where a live process has it, else what the file system says.
 */
export function openSpool({ dir, maxBytes, onTrouble }: SpoolOptions): Spool {
  mkdirSync(dir, { recursive: true, mode: 0o750 });
  const unlock = lockDirectory(dir);
  try {
    return open(dir, maxBytes, onTrouble, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function open(dir: string, maxBytes: number, onTrouble: (error: unknown) => void, unlock: () => void): Spool {
  const segmentBytes = Math.min(SEGMENT_BYTES, Math.ceil(maxBytes / 8));
  const id = keptAgentId(dir);
  let segments: Segment[] = [];
  let active: Segment | undefined;
  let lastNumber = 0;
  let lastSequence = 0;
  let damaged = 0;
  let pushedOut = 0;

  const tolerate = (attempt: () => void): void => {
    try {
      attempt();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      onTrouble(error);
    }
  };
  const pathOf = (number: number): string => join(dir, `${number.toString(16).padStart(12, '0')}.spool`);
  const drop = (segment: Segment): void => {
    segments = segments.filter((other) => other !== segment);
    if (segment === active) active = undefined;
    tolerate(() => segment.remove());
  };
  const recover = (number: number): void => {
    const found = openSegment(pathOf(number), number, 'r+');
    damaged += found.damaged;
    lastSequence = Math.max(lastSequence, found.lastSequence);
    segments.push(found.segment);
    if (found.segment.waiting === 0) drop(found.segment);
    else found.segment.rest();
  };
  const begin = (): Segment => {
    // Somebody may have tidied the directory away.
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    lastNumber++;
    const { segment } = openSegment(pathOf(lastNumber), lastNumber, 'wx+');
    segments.push(segment);
    active = segment;
    return segment;
  };
  const makeRoom = (bytes: number): void => {
    for (let [oldest] = segments; oldest !== undefined && total() + bytes > maxBytes; [oldest] = segments) {
      pushedOut += oldest.waiting;
      drop(oldest);
    }
  };
  const total = (): number => segments.reduce((sum, { size }) => sum + size, 0);
  // Only what is being written and what is being read stays in memory: a full spool has tens of thousands of records.
  const restOthers = (kept: Segment): void => {
    for (const segment of segments) if (segment !== kept && segment !== active) segment.rest();
  };
  const search = (segment: Segment, end: 'oldest' | 'newest', skip: (record: SpoolRecord) => boolean): SpoolRecord | undefined => {
    const wanted = (record: SpoolRecord): boolean => !skip(record);
    try {
      return end === 'oldest' ? segment.records().find(wanted) : segment.records().findLast(wanted);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      onTrouble(error);
      if (hasCode(error, 'ENOENT')) {
        damaged += segment.waiting;
        drop(segment);
      }
      return undefined;
    }
  };
  const settle = (record: SpoolRecord): void => {
    const segment = segments.find(({ number }) => number === record.segment);
    if (segment === undefined) return;
    tolerate(() => segment.acknowledge(record));
    if (segment.waiting > 0) return;
    if (segment === active) tolerate(() => segment.clear());
    else drop(segment);
  };
  const retire = (full: Segment): void => {
    active = undefined;
    tolerate(() => syncLater(pathOf(full.number), onTrouble));
    full.rest();
  };

  for (const name of readdirSync(dir).sort()) {
    const number = Number.parseInt(SEGMENT_NAME.exec(name)?.[1] ?? '', 16);
    if (Number.isNaN(number) || number >= LAST_NUMBER) continue;
    lastNumber = Math.max(lastNumber, number);
    if (lstatSync(join(dir, name)).isFile()) tolerate(() => recover(number));
  }

  return {
    id,
    append(payload, values) {
      const bytes = HEADER_BYTES + payload.length;
      makeRoom(bytes);
      if (active !== undefined && active.size > 0 && active.size + bytes > segmentBytes) retire(active);
      const record = (active ?? begin()).append(payload, lastSequence + 1, values);
      lastSequence++;
      return record;
    },
    find(end, skip) {
      const inOrder = end === 'oldest' ? segments : segments.toReversed();
      for (const segment of inOrder) {
        if (segment.waiting === 0) continue;
        const found = search(segment, end, skip);
        if (found !== undefined) {
          restOthers(segment);
          return found;
        }
      }
      return undefined;
    },
    read(record) {
      const segment = segments.find(({ number }) => number === record.segment);
      let payload: Buffer | undefined;
      tolerate(() => (payload = segment?.read(record)));
      if (payload === undefined && segment !== undefined) {
        damaged++;
        settle(record);
      }
      return payload;
    },
    settle,
    get waiting() {
      return segments.reduce((sum, { waiting }) => sum + waiting, 0);
    },
    get bytes() {
      return total();
    },
    get damaged() {
      return damaged;
    },
    get pushedOut() {
      return pushedOut;
    },
    close() {
      for (const segment of segments) segment.rest();
      if (active?.size === 0) drop(active);
      unlock();
    },
  };
}
