/** Servers of one service, counted. */
export interface Servers {
  readonly servers: number;
  readonly connected: number;
  readonly fallback: number;
  /** Connections by transport in lower case: `tcp`, `rdma`, `sdp`. */
  readonly connections: Readonly<Record<string, number>>;
}

/**
 * Counts a list of servers (`storage_nodes`), as ProcFsHelper_readV2_nodes of the client module writes it: a line
 * `stor1 [ID: 1]` for each, and below it `   Connections: TCP: 2 (10.0.0.1:8003 [fallback route]); RDMA: 4 (…); ` or `<none>`.
 */
export function parseServers(text: string): Servers {
  const connections: Record<string, number> = { tcp: 0, rdma: 0 };
  let [servers, connected, fallback] = [0, 0, 0];
  for (const line of text.split('\n')) {
    if (/^\S.* \[ID: \w+\]/.test(line)) servers++;
    const [, list] = /^\s+Connections: (.*)$/.exec(line) ?? [];
    if (list === undefined) continue;
    const found = [...list.matchAll(/([A-Z]+): (\d+)/g)];
    if (found.length > 0) connected++;
    if (list.includes('[fallback route]')) fallback++;
    for (const [, transport = '', count] of found) {
      const name = transport.toLowerCase();
      connections[name] = (connections[name] ?? 0) + Number(count);
    }
  }
  return { servers, connected, fallback, connections };
}

/** Targets by state, counted. The key is reachability and consistency with a blank between: `Online Good`. */
export type Targets = ReadonlyMap<string, number>;

/** Counts a list of target states: a line `[Target ID: 101] @ beegfs-storage stor1 [ID: 1]: Online / Good` for each. */
export function parseTargets(text: string): Targets {
  const targets = new Map<string, number>();
  for (const [, reachability = '', consistency = ''] of text.matchAll(/^\[Target ID: \d+\].*: ([\w-]+) \/ ([\w-]+)\s*$/gm)) {
    const state = `${reachability} ${consistency}`;
    targets.set(state, (targets.get(state) ?? 0) + 1);
  }
  return targets;
}

/** The numbers of a file of lines `name: 12` (`.status`). */
export function parseStatus(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^(\w+): (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

/** The host of the management service in the client's settings, by which people call a BeeGFS. */
export function managementHost(config: string): string | undefined {
  return /^sysMgmtdHost = (\S+)$/m.exec(config)?.[1];
}
