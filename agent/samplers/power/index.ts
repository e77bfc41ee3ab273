import { Unavailable } from '../../contract/errors.ts';
import { duration, flag } from '../../contract/fields.ts';
import type { Host } from '../../host.ts';
import { defineSampler } from '../../sampler.ts';
import { chooseSource } from './choice.ts';
import { examinePower } from './examine.ts';
import { watchGpus } from './gpu-watts.ts';
import { IPMI_SOFT_MS, openIpmi } from './ipmi.ts';
import { METER_PERIOD_MS, openMeter } from './meters.ts';
import { metrics } from './metrics.ts';
import { openPmCounters } from './pm-counters.ts';
import { bridged, openPublisher } from './publish.ts';
import { openRaplPower } from './rapl-power.ts';
import type { RaplPower } from './rapl-power.ts';
import { openEstimate, openPlatform } from './rapl-sources.ts';
import type { Candidate, PowerReading } from './source.ts';
import { openWay, tellHung } from './way.ts';
import type { Way } from './way.ts';

// As often as a driver is looked for that may have been loaded since.
const LOOK_AGAIN_MS = 300_000;

export default defineSampler({
  name: 'power',
  summary:
    'What the node draws, from the best of pm_counters, BMC, ACPI meter, Grace module and RAPL platform, or estimated of CPUs, memory and GPUs.',
  metrics,
  options: {
    ipmi: flag(false, "Asks the node's BMC by ipmitool or ipmi-dcmi, in a child process; costs CPU of this node on many boards."),
    ipmi_period: duration('30s', 'Time between two questions to the BMC.', { atLeast: '10s' }),
  },
  open({ host, series, options, period, gpus, log }) {
    const rapl = raplWhereReadable(host);
    const board = watchGpus(host, gpus, bridged(period));
    rapl.look();
    const meterWay = (): Way => openWay(host, 'meter', METER_PERIOD_MS, METER_PERIOD_MS);
    const ways = {
      ipmi: openWay(host, 'ipmi', options.ipmi_period, IPMI_SOFT_MS),
      acpi: meterWay(),
      hwmon: meterWay(),
      module: meterWay(),
    };
    const candidates: readonly Candidate[] = [
      { name: 'pm_counters', open: () => openPmCounters(host) },
      { name: 'ipmi', open: () => openIpmi(host, log, options, ways.ipmi) },
      { name: 'acpi', open: () => openMeter(host, log, 'acpi', ways.acpi) },
      { name: 'hwmon', open: () => openMeter(host, log, 'hwmon', ways.hwmon) },
      { name: 'module', open: () => openMeter(host, log, 'module', ways.module) },
      { name: 'psys', open: () => openPlatform(rapl.needed()) },
      { name: 'estimate', open: () => openEstimate(rapl.needed(), board) },
    ];
    const choice = ownedBy(rapl, () => chooseSource(candidates, host.now(), log));
    const publisher = openPublisher(series, period);
    const hung = [tellHung(series, 'ipmi', [ways.ipmi]), tellHung(series, 'meter', [ways.acpi, ways.hwmon, ways.module])];
    let first: Promise<void> | undefined = choice.source.first;

    const publish = (reading: PowerReading | undefined): void => {
      const { source } = choice;
      if (reading !== undefined) publisher.node(source, reading);
      if (!source.tellsParts) publisher.parts('rapl', rapl.here?.components ?? []);
      else if (reading !== undefined) publisher.parts(source.name, reading.components);
    };
    const take = (): void => {
      const at = host.now();
      rapl.here?.read(at);
      publish(choice.take(at));
      for (const tell of hung) tell();
    };
    return {
      sample() {
        rapl.look();
        const pending = first;
        first = undefined;
        // Who reads once wants the value; later it comes with the round after its answer.
        return pending === undefined ? take() : pending.then(take);
      },
      close() {
        choice.close();
        for (const { probe } of Object.values(ways)) probe.close();
        rapl.close();
      },
    };
  },
  examine: examinePower,
});

// What is opened before something that may fail is closed where it does.
function ownedBy<Value>(owner: { close(): void }, open: () => Value): Value {
  try {
    return open();
  } catch (error) {
    owner.close();
    throw error;
  }
}

interface RaplWhereReadable {
  readonly here: RaplPower | undefined;
  /** Opens it where it was not here, but not more often than every five minutes. */
  look(): void;
  /** Opens it where it is not here, and anew where it has gone. Throws `Unavailable`. */
  needed(): RaplPower;
  close(): void;
}

function raplWhereReadable(host: Host): RaplWhereReadable {
  let here: RaplPower | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const needed = (): RaplPower => {
    if (here?.components.every(({ joules }) => Number.isNaN(joules)) === true) {
      here.close();
      here = undefined;
    }
    if (here !== undefined) return here;
    here = openRaplPower(host);
    here.read(host.now());
    return here;
  };
  return {
    get here() {
      return here;
    },
    look() {
      const now = host.now();
      if (here !== undefined || Math.abs(now - lookedAt) < LOOK_AGAIN_MS) return;
      lookedAt = now;
      try {
        needed();
      } catch (error) {
        // A node may tell what it draws without it.
        if (!(error instanceof Unavailable)) throw error;
      }
    },
    needed,
    close: () => here?.close(),
  };
}
