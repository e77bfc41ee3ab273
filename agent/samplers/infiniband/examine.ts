import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { findPorts, INFINIBAND } from './port.ts';

// PCI classes of network controllers (PCI Code and ID Assignment, class 02h): 0x0207 InfiniBand, 0x0208 fabric (Omni-Path).
const ADAPTER_CLASS = /^0x020[78]/;
// PCI vendors (pci.ids) and the module that makes ports of their adapters.
const MODULES: Readonly<Record<string, string>> = { '0x15b3': 'mlx5_ib', '0x8086': 'hfi1', '0x1077': 'ib_qib' };

/** Says of each port whether it is up, and of an adapter without ports which module would make them. */
export function examinePorts(host: Host): readonly Finding[] {
  const ports = findPorts(host);
  if (ports.length > 0) {
    return ports.map(({ device, port }) => {
      const text = (file: string): string => host.text(`${INFINIBAND}/${device}/ports/${port}/${file}`) ?? 'unknown';
      return { source: `${device} port ${port}`, found: true, why: `${named(text('state'))}, ${text('rate')}${hint(text('state'))}` };
    });
  }
  const vendor = host
    .list('/sys/bus/pci/devices')
    .map((slot) => adapterVendor(host, slot))
    .find((found) => found !== undefined);
  const nothing = { source: 'ports', found: false };
  if (vendor === undefined)
    return [{ ...nothing, why: `nothing in ${host.path(INFINIBAND)}, and no InfiniBand or Omni-Path adapter on PCI` }];
  const module = MODULES[vendor];
  const why = `an adapter of PCI vendor ${vendor} is there, and nothing in ${host.path(INFINIBAND)}: its driver is not loaded`;
  return [{ ...nothing, why, ...(module === undefined ? {} : { fix: `modprobe ${module}` }) }];
}

function adapterVendor(host: Host, slot: string): string | undefined {
  const text = (file: string): string => host.text(`/sys/bus/pci/devices/${slot}/${file}`) ?? '';
  return ADAPTER_CLASS.test(text('class')) ? text('vendor') : undefined;
}

function named(state: string): string {
  return state.replace(/^\d+: */, '').toLowerCase();
}

// In INIT the link is up and waits for a subnet manager, without which nothing is sent.
function hint(state: string): string {
  return state.includes('INIT') ? '; it waits for a subnet manager' : '';
}
