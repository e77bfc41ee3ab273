import type { Host } from '../../host.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { portMetrics } from './metrics.ts';
import { INFINIBAND } from './port.ts';

/** The identity of each adapter, as one series a device. */
export interface Adapters {
  /** Looks which adapters there are and what they say of themselves. */
  find(): void;
  /** Sets the series of those that were found. */
  set(): void;
}

/** The adapters of the node; none until they are looked for. */
export function openAdapters(host: Host, series: SamplerContext<unknown>['series']): Adapters {
  let infos = new Map<string, Series>();
  return {
    find() {
      const before = infos;
      infos = new Map();
      for (const device of host.list(INFINIBAND)) {
        const fact = (file: string): string => host.text(`${INFINIBAND}/${device}/${file}`) ?? '';
        const labels = { device, board_id: fact('board_id'), firmware_version: fact('fw_ver'), hca_type: fact('hca_type') };
        const id = JSON.stringify(labels);
        infos.set(id, before.get(id) ?? series(portMetrics.node_infiniband_info, labels));
        before.delete(id);
      }
      for (const gone of before.values()) gone.end();
    },
    set() {
      for (const info of infos.values()) info.set(1);
    },
  };
}
