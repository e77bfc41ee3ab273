import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inWords } from './lack.ts';
import { missingOf, needs } from './needs-server.ts';
import type { Declare } from './needs-server.ts';
import type { Program } from './programs.ts';

/** A node inside this machine (own-node.sh), for servers that write to /etc, /var and /run and run jobs of users. */
export interface OwnNode {
  readonly name: string;
  /** Where this machine finds a file of the node. */
  path(path: string): string;
  /** Runs a bash script in it, as root; answers what it printed. Throws, with all that it printed, where a command of it fails. */
  run(script: string): Promise<string>;
  /** Starts a program that has the node's processes and files, but this machine's network, so that it reaches what listens here. */
  start(command: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** Ends all that runs in it; nothing of it stays. Safe to call twice. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const SCRIPT_WITHIN_MS = 60_000;
const CGROUPS = '/sys/fs/cgroup';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Makes a node whose jobs have the folder `cgroup` in each of this machine's hierarchies of cgroup v1. */
export async function startOwnNode(name: string, cgroup: string): Promise<OwnNode> {
  removeCgroups(cgroup);
  const base = mkdtempSync(join(tmpdir(), 'vigie-node-'));
  const script = new URL('own-node.sh', import.meta.url).pathname;
  const repository = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
  // The kernel ends `unshare` with this process, and the node with `unshare`, however this process ends.
  const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--uts', '--net', '--ipc'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...unshare, 'bash', script, base, name, repository], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH },
  });
  const gone = once(child, 'exit');
  const complaint: string[] = [];
  child.stderr.on('data', (chunk) => complaint.push(String(chunk)));
  const ready = once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
  const [line] = (await Promise.race([ready, gone])) as unknown[];
  if (line !== 'ready') throw new Error(`the node did not come up: ${complaint.join('')}`);
  const first = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const enter = ['-t', first, '--mount', '--pid', '--uts', '--ipc'];
  const env = { PATH, LC_ALL: 'C', HOME: '/root' };
  return {
    name,
    path: (path) => `/proc/${first}/root${path}`,
    run: (text) => runScript([...enter, '--net'], text, env),
    start: (command, more = {}) =>
      spawn('nsenter', [...enter, '--wd', ...command], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, ...more } }),
    async stop() {
      child.kill('SIGKILL');
      await gone;
      await emptied(cgroup);
      rmdirIfThere(base);
    },
  };
}

function runScript(enter: readonly string[], text: string, env: Readonly<Record<string, string>>): Promise<string> {
  const options = { timeout: SCRIPT_WITHIN_MS, env, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    execFile('nsenter', [...enter, '--wd', 'bash', '-euo', 'pipefail', '-c', text], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${text}\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

// A cgroup can be removed once the kernel has buried its last process.
async function emptied(cgroup: string): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!removeCgroups(cgroup) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

function removeCgroups(cgroup: string): boolean {
  return readdirSync(CGROUPS).every((controller) => removeTree(join(CGROUPS, controller, cgroup)));
}

function removeTree(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(folder, entry.name));
  } catch {
    // Not every hierarchy has it.
    return true;
  }
  return rmdirIfThere(folder);
}

function rmdirIfThere(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

/** A `describe` for tests that need a node of their own with these programs: skipped, or with `CI` failed, where it cannot be had. */
export function needsOwnNode(...programs: readonly [Program, ...Program[]]): Declare {
  const missing = missingOf(programs);
  return needs(missing.length > 0 ? inWords(missing) : lackOfNode());
}

function lackOfNode(): string | undefined {
  if (process.getuid?.() !== 0) return 'root, for a node inside this machine';
  const mounted = readFileSync('/proc/mounts', 'utf8');
  // Only where version 2 has no controllers can Slurm and OAR 2 make cgroups without systemd.
  const lacking = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer'].filter(
    (controller) => !new RegExp(` ${CGROUPS}/\\S+ cgroup \\S*\\b${controller}\\b`).test(mounted),
  );
  if (lacking.length > 0) return `cgroups of version 1 (${lacking.join(', ')}), for jobs`;
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', '--uts', '--net', '--ipc', 'true']).status !== 0)
    return 'the right to unshare namespaces';
  return undefined;
}
