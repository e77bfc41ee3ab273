import { readFileSync, writeFileSync } from 'node:fs';
import { startOwnNode } from './own-node.ts';
import type { OwnNode } from './own-node.ts';

/** OAR 2 with one node, which is its server and database, too; the user `alice` has jobs on it. */
export interface Oar {
  readonly node: OwnNode;
  /** Submits a script of alice's with these options of oarsub; answers the job's id. */
  submit(options: readonly string[], script: string): Promise<string>;
  /** The job's state as OAR writes it: `Running`, `Terminated`, … */
  state(id: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL, OAR's server and its sshd on a node of its own; it has a resource for each value of `gpudevice`. */
export async function startOar(gpudevices: readonly string[]): Promise<Oar> {
  const node = await startOwnNode(`oar${process.pid}`, 'oar');
  try {
    writeFileSync(node.path('/etc/oar/oar.conf'), oarConf(readFileSync('/usr/share/oar/oar-common/oar.conf', 'utf8')));
    const resources = gpudevices.map(
      (gpudevice, at) => `oarnodesetting -a -h ${node.name} -p host=${node.name} -p cpu=0 -p cpuset=${at} -p gpudevice=${gpudevice}`,
    );
    await node.run(`
      useradd --create-home alice
      mkdir -p /run/postgresql /run/sshd /run/lock /run/database
      chown postgres /run/postgresql /run/database
      chown oar:oar /etc/oar/oar.conf
      bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
      as_postgres='setpriv --reuid postgres --regid postgres --clear-groups'
      $as_postgres "$bin/initdb" -D /run/database/data --auth=trust --no-sync --encoding=UTF8 >/dev/null
      $as_postgres "$bin/pg_ctl" -D /run/database/data -l /run/database/log -w -o '-c fsync=off -c listen_addresses=127.0.0.1' start >/dev/null
      oar-database --create --db-is-local
      oarproperty -a gpudevice
      oarproperty -c -a host
      oarproperty -c -a cpu
      /usr/sbin/sshd -f /etc/oar/sshd_config
      ${resources.join('\n      ')}
      oar-server </dev/null >/dev/null 2>&1`);
  } catch (error) {
    await node.stop();
    throw error;
  }
  let scripts = 0;
  return {
    node,
    async submit(options, script) {
      // OAR runs the file itself, when the job starts, and no copy of it.
      const file = `/home/alice/job${scripts++}.sh`;
      writeFileSync(node.path(file), `#!/bin/bash\n${script}\n`);
      const out = await node.run(`
        chmod 755 ${file}
        cd /home/alice
        setpriv --reuid alice --regid alice --init-groups env HOME=/home/alice USER=alice oarsub ${options.join(' ')} ${file}`);
      const [, id] = /^OAR_JOB_ID=(\d+)$/m.exec(out) ?? [];
      if (id === undefined) throw new Error(`oarsub: ${out}`);
      return id;
    },
    state: async (id) => /state = (\w+)/.exec(await node.run(`oarstat -f -j ${id}`))?.[1] ?? '',
    stop: () => node.stop(),
  };
}

// The package's own file says 127.0.0.1 and 5432 for the database, and leaves its passwords to be chosen.
function oarConf(text: string): string {
  const values = { DB_TYPE: 'Pg', DB_HOSTNAME: '127.0.0.1', DB_PORT: '5432', DB_BASE_PASSWD: 'oar', DB_BASE_PASSWD_RO: 'oar_ro' };
  const set = Object.entries(values).reduce(
    (sum, [key, value]) => sum.replace(new RegExp(`^#?${key}=.*$`, 'm'), `${key}="${value}"`),
    text,
  );
  return set;
}
