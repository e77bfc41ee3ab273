import { Unavailable } from '../../contract/errors.ts';
import { defineSampler } from '../../sampler.ts';
import { openAdapters } from './adapters.ts';
import { examinePorts } from './examine.ts';
import { metrics } from './metrics.ts';
import { findPorts, INFINIBAND, openPort } from './port.ts';
import type { Port, PortName } from './port.ts';

// A little less than half a minute, so that a round which comes some milliseconds early does not put it off by a period.
const SLOW_MS = 29_000;

interface Watched {
  readonly port: Port;
  /** When the files that are read seldom are read next. */
  due: number;
  /** Whether every traffic counter was answered in the last round. */
  answered: boolean;
}

export default defineSampler({
  name: 'infiniband',
  summary: 'Traffic, errors and state of InfiniBand, Omni-Path and RoCE ports, from /sys/class/infiniband.',
  metrics,
  options: {},
  examine: examinePorts,
  open({ host, series }) {
    const adapters = openAdapters(host, series);
    let ports = new Map<string, Watched>();
    let lookedAt = Number.NEGATIVE_INFINITY;

    const find = (): void => {
      const before = ports;
      ports = new Map();
      for (const name of findPorts(host)) {
        const id = idOf(name);
        const open = before.get(id);
        // A file kept open does not come back with an adapter that was reset: what fell silent is opened anew.
        if (open?.answered === true) before.delete(id);
        else if (open !== undefined) drop(open);
        ports.set(
          id,
          open?.answered === true ? open : { port: openPort(host, series, name), due: Number.NEGATIVE_INFINITY, answered: true },
        );
      }
      for (const gone of before.values()) drop(gone);
      adapters.find();
    };
    const readSlow = (now: number): void => {
      let turn = 0;
      for (const watched of ports.values()) {
        turn++;
        const late = now - watched.due;
        if (late < 0 && late > -SLOW_MS) continue;
        watched.port.readHealth();
        // After a first reading of everything the ports take turns, so that no round waits for the firmware of all.
        watched.due = now + (late === Number.POSITIVE_INFINITY ? (SLOW_MS * turn) / ports.size : SLOW_MS);
      }
    };

    if (findPorts(host).length === 0) throw new Unavailable(`no port of InfiniBand, Omni-Path or RoCE in ${host.path(INFINIBAND)}`);
    return {
      sample() {
        const now = host.now();
        // A clock set back must not keep the sampler from looking for as long.
        if (Math.abs(now - lookedAt) >= SLOW_MS) {
          find();
          adapters.set();
          lookedAt = now;
        }
        for (const watched of ports.values()) watched.answered = watched.port.readTraffic();
        readSlow(now);
      },
      close() {
        for (const { port } of ports.values()) port.close();
      },
    };
  },
});

function idOf({ device, port }: PortName): string {
  return `${device} ${port}`;
}

function drop({ port }: Watched): void {
  port.close();
  port.end();
}
