// npm run bench -- [NAME…]: measures us beside the peers that are installed, and prints one table against test/bench/budgets.json.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '../../agent/contract/errors.ts';
import { inWords } from '../services/lack.ts';
import { findProgram } from '../services/programs.ts';
import type { BenchOptions, BenchRow } from './bench-row.ts';
import { loadBudgets } from './budgets.ts';
import { benchRows } from './rows.ts';
import { judged, tableText } from './table.ts';
import type { Judged } from './table.ts';

const HELP = `npm run bench -- [NAME…]: measures Vigie beside its peers; all rows where none is named

${benchRows.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}

  --runs N      runs of each side, the median counts (5; fewer only to look)
  --nodes N     simulated nodes of the fleet (2000)
  --minutes N   how long the fleet runs (1)
  --faults N    faults of the kill run (200)
  --seed N      what chooses the faults (1)
  --quick       shows that every row works; its numbers mean nothing
  --json FILE   writes the results there too
  --strict      exits 1 where a budget is missed
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    nodes: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '1' },
    faults: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => benchRows.every((row) => row.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`there is no ${unknown.join(', ')}; take ${benchRows.map(({ name }) => name).join(', ')}\n`);
    return 2;
  }
  const chosen = positionals.length === 0 ? benchRows : benchRows.filter(({ name }) => positionals.includes(name));
  const { quick } = values;
  const options = {
    runs: quick ? 2 : count('runs', 1),
    nodes: count('nodes', 1),
    minutes: count('minutes', 0),
    faults: count('faults', 1),
    seed: count('seed', 0),
    quick,
  };
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, Node ${process.version}`;
  process.stdout.write(`${machine}${quick ? '; quick: the numbers mean nothing' : ''}\n`);

  const budgets = loadBudgets();
  const results: Judged[] = [];
  for (const row of chosen) results.push(...(await measure(row, options)).map((result) => judged(result, budgets)));
  process.stdout.write(`\n${tableText(results, budgets)}\n`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine, date: new Date(), options, results }, undefined, 2)}\n`);
  return values.strict && results.some(({ mark }) => mark === 'MISSED') ? 1 : 0;
}

function count(name: 'runs' | 'nodes' | 'minutes' | 'faults' | 'seed', least: number): number {
  const number = Number(values[name]);
  if (!(number >= least)) throw new RangeError(`--${name} must be a number of at least ${least}`);
  return number;
}

async function measure(row: BenchRow, options: Omit<BenchOptions, 'progress'>): Promise<Awaited<ReturnType<BenchRow['run']>>> {
  const missing = row.needs.filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) {
    process.stdout.write(`${row.name}: left out, it needs ${inWords(missing)}\n`);
    return [];
  }
  const began = performance.now();
  process.stdout.write(`${row.name}: ${row.summary}\n`);
  const results = await row.run({ ...options, progress: (text) => void process.stdout.write(`  ${text}\n`) });
  process.stdout.write(`  ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  return results;
}

async function mainAndExit(): Promise<void> {
  try {
    process.exit(await main());
  } catch (error) {
    process.stderr.write(`${error instanceof RangeError || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
    process.exit(error instanceof RangeError ? 2 : 1);
  }
}

await mainAndExit();
