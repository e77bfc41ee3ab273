import { versionOf } from '../../services/programs.ts';
import { faultsOf, killsText, runKills, wrongsOf } from '../../system/kills.ts';
import type { KillReport } from '../../system/kills.ts';
import type { BenchRow, Result } from '../bench-row.ts';

/** Faults made to a collector without InfluxDB, whose answers come sooner. */
const ALONE_SHARE = 0.25;

/** Real processes killed and cut off at random; every sample is then checked in both stores. */
export const killsRow: BenchRow = {
  name: 'kills',
  summary: 'agents, collector and InfluxDB killed, stopped and cut off at random (--faults N, --seed N)',
  needs: ['influxd'],
  async run({ faults, seed, quick, progress }) {
    const wanted = quick ? Math.min(faults, 16) : faults;
    const alone = Math.floor(wanted * ALONE_SHARE);
    const reports: KillReport[] = [];
    for (const [count, influxdb] of [
      [wanted - alone, true],
      [alone, false],
    ] as const) {
      const run = await runKills({ faults: count, seed, influxdb });
      await run.close();
      reports.push(run.report);
      progress(`seed ${seed}, embedded store ${influxdb ? 'and InfluxDB' : 'alone'}: ${killsText(run.report)}`);
    }
    return results(reports);
  },
};

function results(reports: readonly KillReport[]): Result[] {
  const verdicts = reports.flatMap((report) => Object.values(report.verdicts));
  const made = reports.reduce((sum, report) => sum + faultsOf(report), 0);
  const failed = reports.flatMap(({ unexpected }) => unexpected).length;
  const faulty = reports.flatMap(wrongsOf).length;
  const acknowledged = verdicts.reduce((sum, verdict) => sum + verdict.acknowledged, 0);
  return [
    { budget: 'kills-made', what: 'faults made at random', ours: `${made} faults`, peer: 'none', value: made },
    {
      budget: 'kills-faults',
      what: 'samples lost, changed or doubled by them',
      ours: `${faulty} of ${acknowledged}, ${failed} processes failed`,
      peer: `with ${versionOf('influxd')}`,
      value: faulty + failed,
    },
  ];
}
