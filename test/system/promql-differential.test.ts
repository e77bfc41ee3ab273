import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labelsOf } from '../../collector/promql/labels.ts';
import { metricName } from '../../collector/series/identity.ts';
import { post, startCollectorProgram, startProgram, temporaryFolder } from '../collector.ts';
import { lineReadings } from '../line-readings.ts';
import { startInfluxd } from '../services/influxd.ts';
import { needsServer } from '../services/needs-server.ts';
import { startPrometheus } from '../services/prometheus.ts';
import type { Service } from '../services/service.ts';
import { ask, askNames, isEmpty } from './promql-differential/ask.ts';
import type { Answered, Question } from './promql-differential/ask.ts';
import { difference } from './promql-differential/compare.ts';
import { familiesOf } from './promql-differential/families.ts';
import { expressions } from './promql-differential/grammar.ts';
import { functionQuestions } from './promql-differential/function-questions.ts';
import { refuseKnown } from './promql-differential/known-differences.ts';
import { LENGTH, madeSeries } from './promql-differential/made-series.ts';
import { operatorQuestions } from './promql-differential/operator-questions.ts';
import { instantQuestions, orderedQuestions, refusedQuestions, seriesQuestions } from './promql-differential/other-questions.ts';
import { RECORDED_LENGTH, recordedLines } from './promql-differential/recorded-lines.ts';
import { lineBodies, openMetrics } from './promql-differential/write-data.ts';
import type { Written } from './promql-differential/write-data.ts';

const HOUR = 3600;
/** What chooses the generated questions. */
const SEED = Number(process.env['VIGIE_SEED'] ?? 42);
/** Expressions generated of what was made, and of what was recorded. */
const GENERATED = { made: 250, recorded: 150 };
/** Answers shown of those that differ. */
const SHOWN = 20;

/** The full second, in seconds, at which the data begins: three hours before a midnight (UTC) that has long passed. */
function beginning(now: number): number {
  const day = 24 * HOUR;
  return Math.floor((now / 1000 - 4 * HOUR) / day) * day - 3 * HOUR;
}

needsServer(
  'prometheus',
  'promtool',
  'influxd',
)('the answers of Prometheus 2.42 to the same questions about the same samples', () => {
  const begin = beginning(Date.now());
  // The recording lies around the time that most questions are about.
  const recordedFrom = begin + 3.75 * HOUR;
  const noon = begin + 4 * HOUR + 0.5;
  const folders: Folder[] = [];
  /** With the embedded store, before and after its days are sealed, and with an InfluxDB. */
  const collectors: { readonly store: string; readonly collector: Started }[] = [];
  let prometheus: Service;
  let influxd: Service;
  let made: readonly Written[];
  let recorded: readonly Written[];

  const start = async (store: string, folder: Folder, config: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    folders.push(folder);
    collectors.push({ store, collector: await startCollectorProgram(folder.path, config) });
  };

  beforeAll(async () => {
    const series = madeSeries(begin * 1000);
    made = series.map(({ measurement, field, tags, samples }) => ({
      labels: labelsOf({ ...tags, __name__: metricName(`${measurement}_${field}`) }),
      times: samples.map(([time]) => time),
      values: samples.map(([, value]) => value),
    }));
    const lines = await recordedLines(recordedFrom * 1000);
    recorded = await lineReadings(lines);
    prometheus = await startPrometheus('', { openMetrics: openMetrics([...made, ...recorded]) });
    influxd = await startInfluxd();
    const bodies = [...lineBodies(series), Buffer.from(lines.join('\n'))];
    await start('live days', await filled(folders, bodies));
    await start('sealed days', await sealed(await filled(folders, bodies)));
    await start('influxdb', temporaryFolder(), { stores: { influxdb: { url: influxd.url } } });
    for (const body of bodies) await send(collectors.at(-1)?.collector.url ?? '', body);
  }, 180_000);
  afterAll(async () => {
    await Promise.all([...collectors.map(({ collector }) => collector.kill()), prometheus?.stop(), influxd?.stop()]);
    for (const folder of folders) folder.remove();
  });

  /** Asks all; answers what differs, and which part of the answers were not empty. */
  const compared = async (
    what: string,
    questions: readonly Question[],
  ): Promise<{ readonly faults: readonly string[]; readonly share: number }> => {
    const faults: string[] = [];
    let answered = 0;
    for (const question of questions) {
      refuseKnown(question);
      const theirs = await ask(prometheus.url, question);
      if (!isEmpty(theirs)) answered++;
      for (const { store, collector } of collectors) {
        const ours = await ask(collector.url, question);
        const fault = difference(ours, theirs, question.ordered === true);
        if (fault === undefined) continue;
        faults.push(`${store}: ${question.expression} ${JSON.stringify(question.at)}: ${fault}`);
        if (faults.length <= SHOWN) console.log(`${faults.at(-1)}\n${shown('ours', ours)}\n${shown('theirs', theirs)}`);
      }
    }
    const share = answered / questions.length;
    const counts = `${questions.length} questions, ${answered} answers not empty (${(share * 100).toFixed(1)} %)`;
    console.log(`${what}: ${counts}; ${faults.length} differ among those of ${collectors.map(({ store }) => store).join(', ')}`);
    return { faults, share };
  };

  it('are ours, to questions written by hand', async () => {
    const range = { start: noon, end: noon + 25 * 60, step: 47 };
    const fixed = (expressions: readonly string[]): string[] => expressions.map((text) => text.replaceAll('AT', String(noon - 600)));
    const once = { time: noon };
    const questions: Question[] = [
      ...fixed([...functionQuestions, ...operatorQuestions]).flatMap((expression) => [
        { expression, at: once },
        { expression, at: range },
      ]),
      ...fixed(instantQuestions).map((expression) => ({ expression, at: once })),
      ...fixed(orderedQuestions).map((expression) => ({ expression, at: once, ordered: true as const })),
    ];
    const { faults, share } = await compared('written by hand', questions);
    expect(faults).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.9);
    expect(questions.length).toBeGreaterThan(300);
  }, 180_000);

  it('are ours, to questions made by chance about made series', async () => {
    const times = Array.from({ length: 20 }, (_, at) => begin + 2.5 * HOUR + at * 631 + 0.5);
    const next = expressions(SEED, {
      families: familiesOf(made).filter(({ name }) => !name.startsWith('http_')),
      ranges: ['1m', '2m', '5m', '7m', '10m', '30m', '1h'],
      fixed: [noon - 3000, noon, noon + 1111],
    });
    const questions = Array.from({ length: GENERATED.made }, (_, at): Question => {
      const time = times[at % times.length] ?? noon;
      const step = [15, 47, 60, 300][at % 4] ?? 60;
      const end = Math.min(time + step * 40, begin + LENGTH + 200);
      return { expression: next(), at: at % 2 === 0 ? { time } : { start: time, end, step } };
    });
    const { faults, share } = await compared(`by chance (seed ${SEED}), made series`, questions);
    expect(faults).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.9);
  }, 180_000);

  it('are ours, to questions made by chance about what the agent reads here', async () => {
    const next = expressions(SEED, {
      families: familiesOf(recorded),
      ranges: ['3m', '5m', '10m'],
      fixed: [recordedFrom + RECORDED_LENGTH - 300.5],
    });
    const questions = Array.from({ length: GENERATED.recorded }, (_, at): Question => {
      const expression = next();
      return {
        expression,
        at: at % 2 === 0 ? { time: noon + 600 } : { start: noon + 600, end: recordedFrom + RECORDED_LENGTH + 120.5, step: 61 },
      };
    });
    const { faults, share } = await compared(`by chance (seed ${SEED}), recorded series`, questions);
    expect(faults).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.9);
  }, 180_000);

  it.each(seriesQuestions)('are ours about series, labels and their values: %s %s %s', async (...question) => {
    const all = { start: begin, end: begin + LENGTH };
    const theirs = await askNames(prometheus.url, question, all);
    for (const { collector } of collectors) expect(await askNames(collector.url, question, all)).toEqual(theirs);
  });

  it('are refusals where ours are', async () => {
    const questions = refusedQuestions.flatMap((expression): Question[] => [
      { expression, at: { time: noon } },
      { expression, at: { start: noon, end: noon + 600, step: 60 } },
    ]);
    expect(await compared('refused', questions)).toEqual({ faults: [], share: 0 });
  });
});

type Folder = ReturnType<typeof temporaryFolder>;
type Started = Awaited<ReturnType<typeof startCollectorProgram>>;

/** How soon after its start a collector may mark series as gone whose samples end. */
const MARKS_AFTER_MS = 5_000;
const TRIES = 5;

/**
 * The folder of a collector that was sent these lines, and was killed. Had it gone on, it would have found that the nodes, which tell of
 * yesterday, have fallen silent, and would have marked their series as gone; Prometheus knows nothing of that. Of nodes that it has not
 * heard of since its start, a collector does not say so.
 */
async function filled(folders: Folder[], bodies: readonly Uint8Array[]): Promise<Folder> {
  for (let tries = 0; tries < TRIES; tries++) {
    const folder = temporaryFolder();
    folders.push(folder);
    const began = performance.now();
    const collector = await startCollectorProgram(folder.path);
    for (const body of bodies) await send(collector.url, body);
    await collector.kill();
    if (performance.now() - began < MARKS_AFTER_MS) return folder;
  }
  throw new Error(`this machine takes more than ${MARKS_AFTER_MS} ms to store what the questions are about`);
}

async function send(url: string, body: Uint8Array): Promise<void> {
  const { status, text } = await post(url, body);
  if (status !== 204) throw new Error(`the collector answered ${status}: ${text}`);
}

/** The same folder with all its days sealed. */
async function sealed(folder: Folder): Promise<Folder> {
  // What was killed has it in its log.
  const collector = await startCollectorProgram(folder.path);
  await collector.stop();
  const sealing = startProgram('collector/cli/main.js', ['store', 'seal', 'all', '--data', folder.path]);
  await once(sealing.child, 'close');
  if (sealing.child.exitCode !== 0) throw new Error(sealing.output());
  return folder;
}

function shown(who: string, answer: Answered): string {
  const text = JSON.stringify(answer);
  return `  ${who}: ${text.length > 1500 ? `${text.slice(0, 1500)}…` : text}`;
}
