import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { precisionOf } from '../../../agent/contract/precision.ts';
import { say } from '../../../agent/contract/say.ts';
import { standardError } from '../standard-error.ts';
import { printable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { countInWords } from './in-words.ts';
import { formatOf, readingOf } from './import-lines.ts';
import type { ImportFormat } from './import-lines.ts';
import { openTarget } from './import-target.ts';
import { postLines } from './post-lines.ts';
import type { PostTarget } from './post-lines.ts';
import { FOLDER_OPTIONS } from './store-folder.ts';

/** Lines and characters of a post at most. */
const BATCH_LINES = 20_000;
const BATCH_CHARS = 2_000_000;
/** Bad lines that are told of each file; the rest is counted. */
const TOLD = 20;
/** Lines by which it is told what a file is. */
const FIRST_LINES = 200;

interface Outcome {
  taken: number;
  bad: number;
  notNumbers: number;
}

/** Reads files of line protocol, OpenMetrics or Prometheus's text into the collector; exit status 1 where lines were bad. */
export async function importFiles(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...FOLDER_OPTIONS,
      url: { type: 'string' },
      'token-file': { type: 'string' },
      format: { type: 'string' },
      precision: { type: 'string' },
      label: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new UsageError('name the files to import');
  const labels = labelsGiven(values.label);
  const asked = positionals.map((file) => ({ file, format: formatGiven(values.format, values.precision) }));
  const target = await openTarget({ ...values, tokenFile: values['token-file'] });
  let bad = 0;
  try {
    for (const { file, format } of asked) {
      const found = format ?? (await formatIn(file));
      const outcome = await importFile(file, found, labels, target);
      bad += outcome.bad;
      say(`${file}: ${inWords(outcome, found)}\n`);
    }
  } finally {
    await target.close();
  }
  return bad === 0 ? 0 : 1;
}

function inWords({ taken, bad, notNumbers }: Outcome, { kind, precision }: ImportFormat): string {
  const what = kind === 'lines' ? `line protocol with times in ${precision}` : kind === 'openmetrics' ? 'OpenMetrics' : "Prometheus's text";
  const refused = [
    ...(bad > 0 ? [`${bad} bad lines left out`] : []),
    ...(notNumbers > 0 ? [`${notNumbers} that hold no number left out`] : []),
  ];
  return `${countInWords(taken)} lines of ${what} stored${refused.map((one) => `, ${one}`).join('')}`;
}

async function importFile(
  file: string,
  format: ImportFormat,
  labels: Readonly<Record<string, string>>,
  target: PostTarget,
): Promise<Outcome> {
  const reading = readingOf(format, labels);
  const outcome: Outcome = { taken: 0, bad: 0, notNumbers: 0 };
  let lines: string[] = [];
  let places: number[] = [];
  let chars = 0;
  const blame = (place: number, reason: string): void => {
    outcome.bad++;
    if (outcome.bad <= TOLD) standardError(`${file}:${place}: ${printable(reason)}\n`);
    else if (outcome.bad === TOLD + 1) standardError(`${file}: more bad lines are only counted\n`);
  };
  const post = async (): Promise<void> => {
    if (lines.length === 0) return;
    const { refused, reasons } = await postLines(target, lines, reading.precision);
    for (const { line, reason } of reasons) blame(places[line - 1] ?? 0, reason);
    outcome.bad += Math.max(0, refused - reasons.length);
    outcome.taken += lines.length - refused;
    [lines, places, chars] = [[], [], 0];
  };
  let place = 0;
  for await (const line of linesOf(file)) {
    place++;
    const read = reading.read(line);
    if (read === undefined) continue;
    if ('text' in read) {
      lines.push(read.text);
      places.push(place);
      chars += read.text.length;
      if (lines.length >= BATCH_LINES || chars >= BATCH_CHARS) await post();
    } else if (read.notNumber) outcome.notNumbers++;
    else blame(place, read.fault);
  }
  await post();
  return outcome;
}

function linesOf(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file);
  const input = isGzip(file) ? bytes.pipe(createGunzip()) : bytes;
  // A broken stream would otherwise end the lines as if they were all.
  bytes.on('error', (error) => input.destroy(error));
  return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

function isGzip(file: string): boolean {
  const opened = openSync(file, 'r');
  try {
    const magic = Buffer.alloc(2);
    return readSync(opened, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(opened);
  }
}

async function formatIn(file: string): Promise<ImportFormat> {
  const first: string[] = [];
  for await (const line of linesOf(file)) {
    first.push(line);
    if (first.length >= FIRST_LINES) break;
  }
  const format = formatOf(first);
  if (format !== undefined) return format;
  throw new UsageError(`${file}: cannot tell what it is; say --format lines (with --precision), openmetrics or prometheus`);
}

function formatGiven(format: string | undefined, precision: string | undefined): ImportFormat | undefined {
  const known = precision === undefined ? 'ns' : precisionOf(precision);
  if (known === undefined) throw new UsageError(`--precision ${precision} is not known; take ns, us, ms or s`);
  if (format === undefined && precision === undefined) return undefined;
  if (format === 'openmetrics' || format === 'prometheus') return { kind: format, precision: 'ms' };
  if (format === 'lines' || format === undefined) return { kind: 'lines', precision: known };
  throw new UsageError(`--format ${format} is not known; take lines, openmetrics or prometheus`);
}

function labelsGiven(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((label) => {
      const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.+)$/s.exec(label) ?? [];
      if (name === undefined || value === undefined) throw new UsageError(`--label ${label} is not NAME=VALUE`);
      return [name, value];
    }),
  );
}
