import type { Host } from '../../../host.ts';

// Where Debian and Red Hat have the list of the PCI ID Project.
const LISTS = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];

/** The name of the PCI device with these numbers (`8086:0BD5`), or the numbers where the node has no list of names. */
export function pciName(host: Host, model: string): string {
  const [vendor = '', device = ''] = model.toLowerCase().split(':');
  const list = LISTS.map((path) => host.text(path)).find((text) => text !== undefined);
  const vendorAt = list?.search(new RegExp(`^${vendor}  `, 'm')) ?? -1;
  if (list === undefined || vendorAt < 0) return model;
  // The vendor's devices are indented lines up to the next one that is not.
  const [, ...lines] = list.slice(vendorAt).split('\n', MOST_DEVICES);
  for (const line of lines) {
    if (/^[^\t#]/.test(line)) break;
    if (line.startsWith(`\t${device}  `)) return line.slice(device.length + 3).trim();
  }
  return model;
}

// Intel has some 9,000 lines.
const MOST_DEVICES = 50_000;
