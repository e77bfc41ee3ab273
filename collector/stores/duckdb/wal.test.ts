import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/collector.ts';
import { openWal } from './wal.ts';

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made.path;
}

async function write(directory: string, payloads: readonly string[], after = 0): Promise<void> {
  const { wal } = await openWal(directory, after);
  for (const payload of payloads) await wal.append(Promise.resolve(Buffer.from(payload))).synced;
  await wal.close();
}

async function read(directory: string): Promise<{ readonly found: readonly (readonly [number, string])[]; readonly damaged: number }> {
  const { wal, contents } = await openWal(directory, 0);
  const found: [number, string][] = [];
  for await (const { sequence, payload } of contents.records) found.push([sequence, payload.toString()]);
  await wal.close();
  return { found, damaged: contents.damaged() };
}

const PAYLOADS = ['one', 'two VGWL two', '', 'four'.repeat(5)];
const RECORDS = PAYLOADS.map((payload, at) => [at + 1, payload] as const);

describe('the log', () => {
  it('holds what was appended, in order, and goes on numbering behind it', async () => {
    const directory = folder();
    await write(directory, PAYLOADS);
    await write(directory, ['five'], 2);
    const { found, damaged } = await read(directory);
    expect(found.slice(0, 4)).toEqual(RECORDS);
    expect(found[4]?.[1]).toBe('five');
    expect(found[4]?.[0]).toBeGreaterThan(4);
    expect(damaged).toBe(0);
  });

  it('cut off at any byte loses only the records that end behind it', async () => {
    const source = folder();
    await write(source, PAYLOADS);
    const [name = ''] = readdirSync(source);
    const whole = readFileSync(join(source, name));
    const ends = PAYLOADS.map((_, at) => PAYLOADS.slice(0, at + 1).reduce((sum, payload) => sum + 20 + payload.length, 0));
    for (let length = 0; length < whole.length; length++) {
      const directory = folder();
      writeFileSync(join(directory, name), whole.subarray(0, length));
      expect((await read(directory)).found).toEqual(RECORDS.filter((_, at) => (ends[at] ?? 0) <= length));
      // And the next one can be written and read.
      await write(directory, ['next']);
      expect((await read(directory)).found.at(-1)?.[1]).toBe('next');
    }
  });

  it('with any byte flipped loses only the record of that byte, and counts it', async () => {
    const source = folder();
    await write(source, PAYLOADS);
    const [name = ''] = readdirSync(source);
    const whole = readFileSync(join(source, name));
    let start = 0;
    const owner = PAYLOADS.flatMap((payload, at) => Array<number>(20 + payload.length).fill(at));
    expect(owner).toHaveLength(whole.length);
    for (; start < whole.length; start++) {
      const directory = folder();
      const changed = Buffer.from(whole);
      changed[start] = (changed[start] as number) ^ 0x41;
      writeFileSync(join(directory, name), changed);
      const { found, damaged } = await read(directory);
      expect(found).toEqual(RECORDS.filter((_, at) => at !== owner[start]));
      expect(damaged).toBeGreaterThan(0);
    }
  });

  it('that a crash left with an empty segment takes records again', async () => {
    const directory = folder();
    writeFileSync(join(directory, '0000000000000001.wal'), '');
    await write(directory, ['one']);
    expect((await read(directory)).found.map(([, payload]) => payload)).toEqual(['one']);
  });

  it('gives its space back once all is committed', async () => {
    const directory = folder();
    const { wal } = await openWal(directory, 0);
    const sequences: number[] = [];
    for (const payload of PAYLOADS) {
      const { sequence, synced } = wal.append(Promise.resolve(Buffer.from(payload)));
      await synced;
      sequences.push(sequence);
    }
    await wal.release(sequences[2] as number);
    expect(wal.bytes).toBeGreaterThan(0);
    await wal.release(sequences[3] as number);
    expect([wal.bytes, readdirSync(directory)]).toEqual([0, []]);
    await wal.append(Promise.resolve(Buffer.from('more'))).synced;
    await wal.close();
    expect((await read(directory)).found).toEqual([[5, 'more']]);
  });

  it('removes segments of an earlier run with those records', async () => {
    const directory = folder();
    await write(directory, PAYLOADS);
    const { wal } = await openWal(directory, 0);
    await wal.append(Promise.resolve(Buffer.from('more'))).synced;
    await wal.release(4);
    expect(readdirSync(directory)).toHaveLength(1);
    await wal.close();
  });

  it('writes records that come together in one go, and each is there', async () => {
    const directory = folder();
    const { wal } = await openWal(directory, 0);
    const payloads = Array.from({ length: 200 }, (_, at) => `record ${at}`);
    await Promise.all(payloads.map((payload) => wal.append(Promise.resolve(Buffer.from(payload))).synced));
    await wal.close();
    expect((await read(directory)).found.map(([, payload]) => payload)).toEqual(payloads);
  });
});

describe.skipIf(!mayMount())('on a disk that is full', () => {
  it('says so, writes again once there is room, and has every record it said was written', async () => {
    const directory = folder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory]);
    try {
      const { wal } = await openWal(directory, 0);
      const written: string[] = [];
      const failures: unknown[] = [];
      const append = async (name: string): Promise<void> => {
        const payload = `${name} ${'x'.repeat(20_000)}`;
        await wal.append(Promise.resolve(Buffer.from(payload))).synced.then(
          () => written.push(name),
          (error: unknown) => failures.push(error),
        );
      };
      const ballast = join(directory, 'ballast');
      writeFileSync(ballast, Buffer.alloc(100 << 10));
      for (let at = 0; at < 20; at++) await append(`before ${at}`);
      expect(failures[0]).toMatchObject({ code: 'ENOSPC' });
      rmSync(ballast);
      for (let at = 0; at < 3; at++) await append(`after ${at}`);
      expect(written.slice(-3)).toEqual(['after 0', 'after 1', 'after 2']);
      await wal.close();
      const { found } = await read(directory);
      expect(found.map(([, payload]) => payload.split(' x')[0])).toEqual(written);
    } finally {
      execFileSync('umount', [directory]);
    }
  });
});

// Only root may, and not in every container.
function mayMount(): boolean {
  const probe = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.path], { stdio: 'ignore' });
    execFileSync('umount', [probe.path]);
    return true;
  } catch {
    return false;
  } finally {
    probe.remove();
  }
}
