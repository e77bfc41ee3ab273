import type { Host } from '../../../host.ts';
import type { GpuInfo } from '../../../samplers/gpu/reading.ts';
import type { DrmCard } from '../drm/cards.ts';
import { pciName } from '../drm/pci-name.ts';

/** What there is to know of an AMD card: its name as the driver, or libdrm's list of names, has it, else as a PCI device. */
export function aboutAmd(host: Host, card: DrmCard): GpuInfo {
  const said = (name: string): string => host.text(`${card.device}/${name}`) ?? '';
  return {
    name: said('product_name') || listedName(host, card, said('revision')) || pciName(host, card.model),
    // In the kernel's own tree the driver has the kernel's version.
    driver: host.text('/sys/module/amdgpu/version') ?? host.text('/proc/sys/kernel/osrelease') ?? '',
    pci_bus_id: card.address,
    serial: said('serial_number'),
  };
}

/** `GPU-0123456789abcdef`, as ROCR_VISIBLE_DEVICES takes it; a card without a number of its own is known by its place. */
export function uuidOf(host: Host, card: DrmCard): string {
  const id = host.text(`${card.device}/unique_id`) ?? '';
  return /^0*$/.test(id) ? `pci-${card.address}` : `GPU-${id}`;
}

// Lines `687F,	C1,	Radeon RX Vega`, of libdrm's data/amdgpu.ids.
function listedName(host: Host, { model }: DrmCard, revision: string): string {
  const [, device = ''] = model.split(':');
  const wanted = `${device},\t${revision.replace(/^0x/, '')},\t`.toUpperCase();
  const line = (host.text('/usr/share/libdrm/amdgpu.ids') ?? '').split('\n').find((one) => one.toUpperCase().startsWith(wanted));
  return line?.slice(wanted.length).trim() ?? '';
}
