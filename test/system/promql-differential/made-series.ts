import { seeded } from '../../../agent/contract/seeded.ts';

/** A series as it is written: the name is measurement, `_` and field. */
export interface MadeSeries {
  readonly measurement: string;
  readonly field: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, and values; none of them NaN or infinite, which line protocol cannot carry. */
  readonly samples: readonly (readonly [time: number, value: number])[];
}

/** Seconds between samples where nothing else is said. */
export const PERIOD = 15;
/** How long the data is, in seconds. */
export const LENGTH = 6 * 3600;
/** Milliseconds behind the full second at which every sample stands, where neither steps nor edges of windows fall. */
export const OFF_BEAT = 137;

const SEED = 20_261_120;

type Values = (at: number, second: number) => number | undefined;

/**
 * Series of everything that a window can hold: counters that run, jump back and stand still, samples that come irregularly, rarely,
 * for a while only, and classic histograms. `start` is a full second, in milliseconds.
 *
 * A counter that is new, or back after a gap, is large beside what it gains: how far a rate is extrapolated towards the moment
 * when a counter would have been 0 has changed since Prometheus 2.42.
 */
export function madeSeries(start: number): readonly MadeSeries[] {
  const random = seeded(SEED);
  const all: MadeSeries[] = [];
  const add = (name: readonly [string, string], tags: Record<string, string>, values: Values, period = PERIOD, jitter = 0): void => {
    const samples: [number, number][] = [];
    for (let at = 0; at * period < LENGTH; at++) {
      const second = at * period + Math.floor(random() * jitter);
      const value = values(at, second);
      if (value !== undefined) samples.push([start + second * 1000 + OFF_BEAT, value]);
    }
    all.push({ measurement: name[0], field: name[1], tags: { cluster: 'alpha', ...tags }, samples });
  };
  const nodes = ['n1', 'n2', 'n3', 'n4'];
  const walk = (from: number, by: number, decimals: number): Values => {
    let value = from;
    return () => rounded((value += (random() - 0.5) * by), decimals);
  };
  const counter = (from: number, most: number, decimals: number, isReset: (second: number) => boolean = () => false): Values => {
    let value = from;
    let was = false;
    return (_, second) => {
      const resets = isReset(second);
      if (resets && !was) value = from / 10;
      was = resets;
      return rounded((value += random() * most), decimals);
    };
  };

  for (const [place, instance] of nodes.entries()) {
    for (const cpu of ['0', '1']) {
      for (const mode of ['idle', 'system', 'user']) {
        // One node is started again in the middle, and away for four minutes then.
        const values = counter(1e5 + place, 15, 2, (second) => instance === 'n2' && second > 7800);
        const isAway = (second: number): boolean => instance === 'n2' && second > 7560 && second < 7810;
        add(['machine', 'cpu_seconds_total'], { instance, cpu, mode }, (at, second) => {
          const value = values(at, second);
          return isAway(second) ? undefined : value;
        });
      }
    }
    add(['machine', 'load1'], { instance }, walk(4 + place, 0.5, 2));
    add(['machine', 'load15'], { instance }, walk(4 + place, 0.1, 2));
    add(['machine_memory', 'total_bytes'], { instance }, () => (place + 1) * 2 ** 36);
    add(['machine_memory', 'used_bytes'], { instance }, walk(5e10, 1e9, 0));
    add(['machine', 'info'], { instance, release: `6.1.${place}`, path: `C:\\tmp\\"${place}" é` }, () => 1, 60);
    add(['machine', 'network_received_bytes_total'], { instance, device: 'eth0' }, counter(1e10, 1e7, 0), PERIOD, 3);
    add(['machine', 'network_received_bytes_total'], { instance, device: 'ib0' }, counter(1e12, 1e9, 0), PERIOD, 3);
    for (const gpu of ['0', '1']) {
      const tags = { instance, gpu, uuid: `GPU-${instance}-${gpu}` };
      // One card comes, goes and comes back; one is lost again and again for three to eight minutes.
      const isThere = (second: number): boolean => {
        if (instance === 'n3' && gpu === '1') return (second > 3600 && second < 9000) || second > 14_000;
        if (instance === 'n4' && gpu === '0') return second % 1800 > 180 + (Math.floor(second / 1800) % 6) * 60;
        return true;
      };
      const present = (values: Values): Values => {
        return (at, second) => {
          const value = values(at, second);
          return isThere(second) ? value : undefined;
        };
      };
      add(['card', 'power_watts'], tags, present(walk(200 + place * 20, 25, 3)));
      add(['card', 'energy_joules_total'], tags, present(counter(1e8 + place, 5000, 3)));
      add(['card', 'temperature_celsius'], tags, present(walk(60, 6, 0)));
    }
    add(['card', 'facts'], { instance, gpu: '0', model: place % 2 === 0 ? 'A 100, 80=GB' : 'H200' }, () => 1, 60);
    add(['job', 'restarts_total'], { instance, queue: place % 2 === 0 ? 'long' : 'short' }, (at) =>
      Math.floor((at % (50 + 7 * place)) / 5),
    );
    add(['door', 'open'], { instance }, () => (random() < 0.4 ? 1 : 0));
    add(['lab', 'voltage_volts'], { instance, probe: 'p' }, walk(place - 1.5, 2, 6));
    add(['lab', 'pressure_pascals'], { instance, probe: 'q' }, (at) => 10 ** (((at * 7 + place * 3) % 25) - 12) * (1 + random()));
    add(['lab', 'slow_celsius'], { instance }, walk(20 + place, 1, 1), 240);
    add(['lab', 'rare_celsius'], { instance }, walk(20 + place, 1, 1), 420);
  }
  add(['machine', 'load1'], { cluster: 'beta', instance: 'm1' }, walk(2, 0.5, 2));
  histograms(add, random);
  return all;
}

/** Upper bounds of the made histograms, in seconds. */
const BOUNDS = [0.005, 0.05, 0.1, 0.5, 1, 5];

function histograms(
  add: (name: readonly [string, string], tags: Record<string, string>, values: Values) => void,
  random: () => number,
): void {
  for (const instance of ['n1', 'n2', 'n3']) {
    for (const route of ['/query', '/write']) {
      const counts = [...BOUNDS, Number.POSITIVE_INFINITY].map((_, at) => 5000 * (at + 1));
      const cumulated: number[][] = [];
      const sums: number[] = [];
      let sum = 1e4;
      for (let at = 0; at * PERIOD < LENGTH; at++) {
        for (let each = 0; each < 20; each++) {
          const seconds = -Math.log(1 - random()) * (route === '/write' ? 0.1 : 0.8);
          for (const [place, bound] of [...BOUNDS, Number.POSITIVE_INFINITY].entries())
            if (seconds <= bound) counts[place] = (counts[place] ?? 0) + 1;
          sum += seconds;
        }
        cumulated.push([...counts]);
        sums.push(sum);
      }
      const name = 'http_request_seconds';
      const tags = { instance, route };
      for (const [place, bound] of [...BOUNDS, Number.POSITIVE_INFINITY].entries()) {
        const le = Number.isFinite(bound) ? String(bound) : '+Inf';
        add([name, 'bucket'], { ...tags, le }, (at) => cumulated[at]?.[place]);
      }
      add([name, 'count'], tags, (at) => cumulated[at]?.at(-1));
      add([name, 'sum'], tags, (at) => sums[at]);
    }
  }
}

function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
