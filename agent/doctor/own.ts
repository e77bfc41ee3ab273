import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { ConfigError } from '../contract/config.ts';
import { messageOf } from '../contract/errors.ts';
import { defaultSpoolDir } from '../spool/default-dir.ts';
import { openToken } from '../token.ts';
import type { Row } from './row.ts';

/** Who runs, where its batches wait, and its token. Nothing is made or written. */
export function examineOwn(config: AgentConfig, env: Readonly<Record<string, string | undefined>>): readonly Row[] {
  return [user(), spool(config, env), token(config)];
}

function user(): Row {
  const id = process.getuid?.();
  const groups = (process.getgroups?.() ?? []).map(groupName).join(', ');
  const who = `${userName()}${id === undefined ? '' : ` (${id})`}${groups === '' ? '' : `, in ${groups}`}`;
  const hint = id === 0 ? '; the service may run as another user, who may read less' : '';
  return { state: 'ok', name: 'user', why: who + hint };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A number without an entry in /etc/passwd, as in containers.
    if (!(error instanceof Error && 'code' in error)) throw error;
    return 'a user without name';
  }
}

function groupName(id: number): string {
  const groups = existsSync('/etc/group') ? readFileSync('/etc/group', 'utf8') : '';
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(id));
  return line?.split(':')[0] ?? String(id);
}

function spool({ spool: { dir }, instance }: AgentConfig, env: Readonly<Record<string, string | undefined>>): Row {
  const name = 'spool';
  const path = dir ?? defaultSpoolDir(instance, env, (candidate) => whyNotWritable(candidate) === undefined);
  const problem = whyNotWritable(path);
  if (problem === undefined) return { state: 'ok', name, why: existsSync(path) ? `${path} can be written` : `${path} will be made` };
  return { state: 'broken', name, why: `${path} cannot be written: ${problem}`, fix: `install -d -m 0700 -o ${userName()} ${path}` };
}

/** Why nothing can be written into a folder, or into the one that it would be made in. */
function whyNotWritable(path: string): string | undefined {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function token({ tokenFile }: AgentConfig): Row {
  const name = 'token';
  if (tokenFile === undefined) return { state: 'ok', name, why: 'none is configured' };
  try {
    openToken(tokenFile);
    return { state: 'ok', name, why: `${tokenFile} can be read` };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const why = error.faults.map(({ problem }) => problem).join('; ');
    return { state: 'broken', name, why, fix: `vigie token NODE > ${tokenFile}   (on the collector's machine)` };
  }
}
