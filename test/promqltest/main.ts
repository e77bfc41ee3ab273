// npm run promqltest -- FILE…: runs scripts of Prometheus's PromQL test language against our parser and evaluator.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '../../agent/contract/errors.ts';
import { runScript } from './run-script.ts';
import type { Failure } from './run-script.ts';

const HELP = `npm run promqltest -- FILE…: runs scripts of Prometheus's PromQL test language

For each file it prints what failed, and how many questions passed, failed, and were skipped because they need native histograms.
It exits 1 where anything failed, and 2 where a file cannot be read.
`;

async function main(files: readonly string[]): Promise<number> {
  if (files.length === 0 || files.includes('--help')) {
    process.stdout.write(HELP);
    return files.length === 0 ? 2 : 0;
  }
  let code = 0;
  for (const file of files) code = Math.max(code, await runFile(file));
  return code;
}

async function runFile(file: string): Promise<number> {
  try {
    const { passed, failures, skipped } = await runScript(await readFile(file, 'utf8'));
    for (const failure of failures) process.stdout.write(`${failureText(file, failure)}\n`);
    process.stdout.write(`${basename(file)}: passed ${passed}, failed ${failures.length}, skipped ${skipped.length}\n`);
    return failures.length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${file}: ${messageOf(error)}\n`);
    return 2;
  }
}

function failureText(file: string, { line, text, way, wanted, got }: Failure): string {
  return `${file}:${line}: ${text}\n  (${way})\n${indented('wanted', wanted)}\n${indented('got   ', got)}`;
}

function indented(title: string, text: string): string {
  return `  ${title} ${text.replaceAll('\n', '\n         ')}`;
}

process.exitCode = await main(process.argv.slice(2));
