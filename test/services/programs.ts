import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The real programs that tests and the bench run, each with the Debian package that has it. */
export const packages = {
  influxd: 'influxdb',
  'victoria-metrics': 'victoria-metrics',
  vmalert: 'victoria-metrics',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  chromium: 'chromium',
  'systemd-analyze': 'systemd',
  munged: 'munge',
  slurmctld: 'slurmctld',
  slurmd: 'slurmd',
  sbatch: 'slurm-client',
  'oar-database': 'oar-server',
  oarsub: 'oar-user',
  oarnodecheckquery: 'oar-node',
  pg_ctlcluster: 'postgresql',
  sshd: 'openssh-server',
  gcc: 'gcc',
} as const;

/** A program that some tests need and this machine may lack. */
export type Program = keyof typeof packages;

/** Where a program is on PATH, or undefined where this machine does not have it. */
export function findProgram(program: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, program);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where a program is; throws, naming the Debian package, where it is not installed. */
export function programPath(program: Program): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not installed: apt-get install ${packages[program]}`);
  return path;
}

/** The name and version of a program's Debian package, like `influxdb 1.6.7~rc0-1+b5`; `(unpackaged)` where dpkg does not know it. */
export function versionOf(program: Program): string {
  const name = packages[program];
  try {
    // The package, because Debian builds victoria-metrics with an empty version of its own.
    return execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version}', name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return `${name} (unpackaged)`;
  }
}
