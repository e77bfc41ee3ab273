import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../contract/errors.ts';

const ID = /^[0-9a-f]{16}$/;

/** A fresh random id of an agent, 16 hex digits. */
export function newAgentId(): string {
  // Two megabytes of code for eight bytes, once in the life of a node: loaded only then.
  return process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex');
}

/** The agent's id kept in the directory, made at the first call; throws what the file system says where it cannot be kept. */
export function keptAgentId(dir: string): string {
  const path = join(dir, 'id');
  const known = readId(path);
  if (known !== undefined) return known;
  const id = newAgentId();
  writeFileSync(`${path}.new`, `${id}\n`);
  renameSync(`${path}.new`, path);
  return id;
}

function readId(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'latin1').trim();
    return ID.test(text) ? text : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
