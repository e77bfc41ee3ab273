// RFC 9636: header, then for version 1 the counts' worth of 4-byte times, their types, 6-byte type records, names.
const HEADER = 44;
const MAGIC = 0x545a6966;

/**
 * The abbreviation (`CET`) that a compiled time zone file (RFC 9636) has for an offset from UTC, the one used last where several
 * have it; undefined where the file is none or does not have it.
 */
export function zoneName(file: Buffer, offsetSeconds: number): string | undefined {
  if (file.length < HEADER || file.readUInt32BE(0) !== MAGIC) return undefined;
  const first = block(file, 0, 4);
  // A "slim" file leaves the version 1 block empty and has its zones in the second one only.
  if ((file[4] ?? 0) < 0x32) return nameIn(file, first, offsetSeconds);
  const second = first.end + HEADER <= file.length ? block(file, first.end, 8) : undefined;
  return (second && nameIn(file, second, offsetSeconds)) ?? nameIn(file, first, offsetSeconds);
}

interface Block {
  readonly kinds: number;
  readonly used: number;
  readonly types: number;
  readonly typeCount: number;
  readonly names: number;
  readonly nameBytes: number;
  readonly end: number;
}

function block(file: Buffer, start: number, timeBytes: 4 | 8): Block {
  const count = (at: number): number => file.readUInt32BE(start + at);
  const used = count(32);
  const typeCount = count(36);
  const nameBytes = count(40);
  const kinds = start + HEADER + used * timeBytes;
  const types = kinds + used;
  const names = types + typeCount * 6;
  const end = names + nameBytes + count(28) * (timeBytes + 4) + count(24) + count(20);
  return { kinds, used, types, typeCount, names, nameBytes, end };
}

function nameIn(file: Buffer, { kinds, used, types, typeCount, names, nameBytes }: Block, offsetSeconds: number): string | undefined {
  if (names + nameBytes > file.length) return undefined;
  const named = (type: number): string | undefined => {
    const at = types + type * 6;
    if (type >= typeCount || file.readInt32BE(at) !== offsetSeconds) return undefined;
    const start = names + (file[at + 5] ?? 0);
    const stop = file.indexOf(0, start);
    return stop < 0 ? undefined : file.toString('latin1', start, stop);
  };
  for (let at = kinds + used - 1; at >= kinds; at--) {
    const name = named(file[at] ?? 0);
    if (name !== undefined) return name;
  }
  for (let type = 0; type < typeCount; type++) {
    const name = named(type);
    if (name !== undefined) return name;
  }
  return undefined;
}
