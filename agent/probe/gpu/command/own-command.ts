import { join, optionalSection, show } from '../../../contract/config.ts';
import type { Fault, Field } from '../../../contract/config.ts';
import { choice, duration, list, text, texts } from '../../../contract/fields.ts';
import { didYouMean } from '../../../contract/near.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import { IDENTITY, readColumns } from './columns.ts';
import type { Column } from './columns.ts';
import type { Tool } from './tool.ts';

const OWN_LABELS = 3;
const plainMetrics = Object.values(metrics)
  .filter(({ labels, unit }) => labels.length === OWN_LABELS && unit !== 'info')
  .map(({ name }): string => name);
const keys = [...IDENTITY, ...plainMetrics];

const COLUMN = /^(\d+)(?:-(\d+))?(?: *([*/]) *(\d+(?:\.\d+)?(?:e[+-]?\d+)?))?$/;

/** The column that a text like `4`, `22-23`, `18 * 1048576` or `20 / 100` means; undefined where it is none. */
export function columnOf(written: string): Column | undefined {
  const [, at, to, sign, factor] = COLUMN.exec(written.trim()) ?? [];
  const per = sign === '/' ? 1 / Number(factor) : Number(factor ?? 1);
  if (at === undefined || Number(at) < 1 || Number(to ?? at) < Number(at) || !(per > 0 && Number.isFinite(per))) return undefined;
  return { at: Number(at), per, ...(to === undefined ? {} : { to: Number(to) }) };
}

function columns(help: string): Field<Readonly<Record<string, string>>> {
  const inner = texts(help, (key) =>
    keys.includes(key)
      ? undefined
      : {
          problem: 'not known here',
          suggestion: `${didYouMean(key, keys)}take one of ${IDENTITY.join(', ')}, or a metric of the GPU without further labels`,
        },
  );
  return {
    ...inner,
    takes: 'columns by name',
    read(value, path, report) {
      const read = inner.read(value, path, report);
      for (const [key, written] of Object.entries(read)) if (columnOf(written) === undefined) report(noColumn(join(path, key), written));
      if (!Object.hasOwn(read, 'gpu'))
        report({ path, problem: 'gpu is missing', suggestion: "say which column has the device's index, like gpu: 1" });
      return read;
    },
  };
}

function noColumn(path: string, written: string): Fault {
  return { path, problem: `${show(written)} is no column`, suggestion: 'count from 1, like 4, 22-23, 18 * 1048576 or 20 / 100' };
}

/** A tool of one's own, as it is written in agent.yaml. */
export const ownCommandField = optionalSection(
  {
    program: text('', 'A name on PATH, or an absolute path; run without a shell.'),
    args: list([], 'Its arguments, one each.'),
    vendor: text('', 'Whose devices they are: the label `vendor`.'),
    every: duration('10s', 'How often it is run.', { atLeast: '5s' }),
    timeout: duration('5s', 'How long it may run.'),
    format: choice(['csv', 'blanks'], 'csv', 'What parts the columns of a line: commas, or blanks.'),
    missing: list(['N/A', '-'], 'What stands for no value; what is no number never is one.'),
    columns: columns(
      'Columns, counted from 1, by what they say: gpu, uuid, name, driver, pci_bus_id, serial, or a metric, with a factor to its unit (gpu_memory_used_bytes: 18 * 1048576).',
    ),
  },
  "A tool that tells of other vendors' devices, a line each.",
);

/** The values of `ownCommandField`. */
export type OwnCommand = NonNullable<ReturnType<(typeof ownCommandField)['read']>>;

/** The tool that a configuration describes. */
export function ownTool({ program, args, vendor, every, timeout, format, missing, columns: written }: OwnCommand): Tool {
  const columns = Object.fromEntries(
    Object.entries(written).flatMap(([key, one]) => {
      const column = columnOf(one);
      return column === undefined ? [] : [[key, column]];
    }),
  );
  return {
    name: vendor,
    program,
    args,
    everyMs: every,
    timeoutMs: timeout,
    read: (output) => readColumns(output, vendor, { format, missing, columns }),
    mend: 'see that program and columns are right',
  };
}
