import { chmodSync } from 'node:fs';
import { madeMachine } from './made-machine.ts';
import type { MadeMachine } from './made-machine.ts';

/** What the fake nvidia-smi does; it reads this anew for every sweep. */
export interface FakeSmi {
  /** Values by field, one object a GPU; a field that is missing is `[N/A]`. */
  readonly gpus: readonly Readonly<Record<string, string>>[];
  /** What `--help-query-gpu` lists; absent, it does not end. */
  readonly fields?: readonly string[];
  /** Fields that it lists and refuses. */
  readonly refused?: readonly string[];
  /** Lines of `--query-compute-apps`. */
  readonly apps?: readonly string[];
  /** `hang`: prints no more; `die`: ends with its complaint; `columns`: prints a column too few. */
  readonly mode?: 'hang' | 'die' | 'columns';
  /** Only the first so many children that stay have the mode. */
  readonly upTo?: number;
  readonly complaint?: string;
  /** Milliseconds that its timestamps lie back. */
  readonly late?: number;
  /** XML of `-q -x`. */
  readonly xml?: string;
}

/** A machine with a fake nvidia-smi in /usr/bin that behaves as the real one does at its command line. */
export function machineWithSmi(first: FakeSmi, files: Readonly<Record<string, string>> = {}): MadeMachine & { now(smi: FakeSmi): void } {
  const machine = madeMachine({ ...files, '/usr/bin/nvidia-smi': '', '/smi.json': JSON.stringify(first), '/starts': '' });
  machine.write('/usr/bin/nvidia-smi', `#!${process.execPath}\nconst home = ${JSON.stringify(machine.root)};\n(${smi.toString()})(home);\n`);
  chmodSync(`${machine.root}/usr/bin/nvidia-smi`, 0o755);
  return { ...machine, now: (next) => machine.write('/smi.json', JSON.stringify(next)) };
}

// Runs as a script of its own.
function smi(home: string): void {
  const { appendFileSync, readFileSync } = require('node:fs') as typeof import('node:fs');
  const scenario = (): FakeSmi => {
    const { mode, ...rest } = JSON.parse(readFileSync(`${home}/smi.json`, 'utf8')) as FakeSmi;
    return mode === undefined || started > (rest.upTo ?? Infinity) ? rest : { ...rest, mode };
  };
  const args = process.argv.slice(2);
  const option = (name: string): string | undefined => args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  appendFileSync(`${home}/starts`, `${process.pid} ${args.join(' ')}\n`);
  const started = readFileSync(`${home}/starts`, 'utf8').match(/--query-gpu=/g)?.length ?? 0;

  const sweep = (fields: readonly string[]): void => {
    const { gpus, mode, complaint = '', late = 0 } = scenario();
    if (mode === 'die') {
      process.stdout.write(`${complaint}\n`);
      process.exit(9);
    }
    if (mode === 'hang') return;
    // Local time, as the real one writes it.
    const local = new Date(Date.now() - late - new Date().getTimezoneOffset() * 60_000).toISOString();
    const timestamp = local.slice(0, -1).replaceAll('-', '/').replace('T', ' ');
    const rows = gpus.map((gpu) => fields.map((field) => (field === 'timestamp' ? timestamp : (gpu[field] ?? '[N/A]'))));
    process.stdout.write(rows.map((cells) => `${cells.slice(mode === 'columns' ? 1 : 0).join(', ')}\n`).join(''));
  };

  const { fields, refused = [], apps = [], xml, mode } = scenario();
  const query = option('--query-gpu')?.split(',');
  if (args[0] === '--help-query-gpu') {
    if (fields === undefined) setInterval(() => undefined, 1000);
    else process.stdout.write(`List of valid properties to query for the switch "--query-gpu":\n\n${fields.map((f) => `"${f}"\nWhat it is.\n\n`).join('')}`);
  } else if (option('--query-compute-apps') !== undefined) {
    process.stdout.write(apps.map((line) => `${line}\n`).join(''));
  } else if (args[0] === '-q') {
    if (mode === 'hang') setInterval(() => undefined, 1000);
    else process.stdout.write(xml ?? '');
  } else if (query !== undefined) {
    const wrong = query.find((field) => refused.includes(field));
    if (wrong !== undefined) {
      process.stdout.write(`Field "${wrong}" is not a valid field to query.\n\n`);
      process.exit(2);
    }
    sweep(query);
    setInterval(() => sweep(query), Number(args[args.indexOf('-lms') + 1]));
  }
}
