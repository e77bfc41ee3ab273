// An agent whose readings are an oracle's: the agent's own spool and transport, with a journal of what they have promised.
// Arguments: NODE COLLECTOR DIRECTORY PERIOD_MS PUSH_MS. SIGUSR2 ends the readings; it exits once everything is acknowledged.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { systemClock } from '../../../agent/clock.ts';
import type { Clock } from '../../../agent/clock.ts';
import { encodeFieldKey, encodeHead, lineWriter } from '../../../agent/contract/line-encode.ts';
import { openLog } from '../../../agent/log.ts';
import { openQueue } from '../../../agent/spool/queue.ts';
import { openSpool } from '../../../agent/spool/spool.ts';
import { openCollectors } from '../../../agent/transport/collectors.ts';
import { startSender } from '../../../agent/transport/sender.ts';
import { FIELDS, MEASUREMENT, NOTED, oracleValue, PARTS } from './oracle.ts';

/** The sender's pauses are this much shorter than an agent's, so that many faults fit into a minute. */
const HASTE = 8;
const SPOOL_BYTES = 64 * 2 ** 20;

function run(node: string, collector: string, directory: string, period: number, push: number): void {
  const log = openLog();
  const journal = openSync(join(directory, 'journal'), 'a');
  const note = (mark: string, times: Iterable<number>): void => void writeSync(journal, `${mark}${[...times].join()}\n`);
  const clock: Clock = { ...systemClock, after: (ms, call) => systemClock.after(ms / HASTE, call) };
  const queue = openQueue({
    openSpool: (onTrouble) => openSpool({ dir: join(directory, 'spool'), maxBytes: SPOOL_BYTES, onTrouble }),
    log,
    monotonic: clock.monotonic,
  });
  const collectors = openCollectors({ urls: [collector], agentId: queue.id, token: () => undefined, monotonic: clock.monotonic });
  const sender = startSender({
    queue,
    collectors: {
      get current() {
        return collectors.current;
      },
      async send(payload, deadlineMs, signal) {
        await collectors.send(payload, deadlineMs, signal);
        note(NOTED.acknowledged, timesOf(payload));
      },
    },
    clock,
    log,
    backlogRate: 2 ** 24,
  });

  const writer = lineWriter();
  let rounds: number[] = [];
  const takeRound = roundWriter(node, writer);
  const flush = (): void => {
    if (rounds.length === 0) return;
    queue.put(gzipSync(writer.written()), rounds.length * PARTS.length * FIELDS.length);
    // From here on the batch must arrive, whatever happens.
    note(NOTED.spooled, rounds);
    writer.clear();
    rounds = [];
    sender.wake();
  };
  const reading = setInterval(() => {
    const time = Math.floor(Date.now() / period) * period;
    if (rounds.includes(time)) return;
    takeRound(time);
    rounds.push(time);
    if (rounds.length >= push / period) flush();
  }, period);
  // Where a run before this one was killed, its batches leave without waiting for a new one.
  sender.wake();

  process.once('SIGUSR2', () => {
    clearInterval(reading);
    flush();
    const wait = setInterval(() => {
      if (queue.waiting > 0) return;
      clearInterval(wait);
      queue.close();
      process.exit(0);
    }, 20);
  });
}

function roundWriter(node: string, writer: ReturnType<typeof lineWriter>): (time: number) => void {
  const heads = PARTS.map((part) => ({ part, head: encodeHead(MEASUREMENT, { cluster: 'kills', instance: node, part }) }));
  const keys = FIELDS.map((field) => ({ field, key: encodeFieldKey(field) }));
  return (time) => {
    for (const { part, head } of heads) {
      writer.head(head);
      for (const { field, key } of keys) writer.field(key, oracleValue({ node, part, field }, time));
      writer.end(time);
    }
  };
}

function timesOf(payload: Uint8Array): Set<number> {
  return new Set(
    gunzipSync(payload)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1))),
  );
}

const [node = '', collector = '', directory = '', period = '', push = ''] = process.argv.slice(2);
run(node, collector, directory, Number(period), Number(push));
