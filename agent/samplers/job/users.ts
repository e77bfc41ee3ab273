import type { Host } from '../../host.ts';

/** Names of users by uid. */
export interface Users {
  /** The user's name, or the uid itself where /etc/passwd has none (a directory service may). */
  name(uid: string): string;
}

const REMEMBERED = 1024;

/** Users as the node's /etc/passwd names them; it is read when a uid is asked for that was not asked before. */
export function openUsers(host: Host): Users {
  const names = new Map<string, string>();
  return {
    name(uid) {
      const known = names.get(uid);
      if (known !== undefined) return known;
      if (names.size >= REMEMBERED) names.clear();
      const name = nameOf(host.text('/etc/passwd') ?? '', uid) ?? uid;
      names.set(uid, name);
      return name;
    },
  };
}

function nameOf(passwd: string, uid: string): string | undefined {
  for (const line of passwd.split('\n')) {
    const [name, , own] = line.split(':');
    if (own === uid && name !== undefined && name !== '') return name;
  }
  return undefined;
}
