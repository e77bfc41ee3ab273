import type { Host } from '../../../host.ts';

/** A card of /sys/class/drm. */
export interface DrmCard {
  /** Its folder: `/sys/class/drm/card0`. */
  readonly path: string;
  /** The PCI device's folder. */
  readonly device: string;
  readonly driver: string;
  /** PCI address: `0000:09:00.0`. */
  readonly address: string;
  /** PCI vendor and device: `1002:687F`. */
  readonly model: string;
  /** Number of its render node (`/dev/dri/renderD128` is 128), where it has one. */
  readonly minor: number | undefined;
  /** Its folders of sensors. */
  readonly hwmons: readonly string[];
}

const DRM = '/sys/class/drm';

/** The cards of these drivers in the order of their PCI addresses; connectors (`card0-DP-1`) are none. */
export function findCards(host: Host, drivers: readonly string[]): readonly DrmCard[] {
  return host
    .list(DRM)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => describe(host, `${DRM}/${name}`))
    .filter(({ driver }) => drivers.includes(driver))
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Whether a card is awake: reading sensors of one that sleeps could wake it. A card that does not tell does not sleep. */
export function isAwake(host: Host, { device }: DrmCard): boolean {
  const status = host.text(`${device}/power/runtime_status`) ?? 'active';
  return status === 'active' || status === 'unsupported';
}

function describe(host: Host, path: string): DrmCard {
  const device = `${path}/device`;
  const uevent = new Map((host.text(`${device}/uevent`) ?? '').split('\n').map((line) => cut(line)));
  const render = host.list(`${device}/drm`).find((name) => /^renderD\d+$/.test(name));
  return {
    path,
    device,
    driver: uevent.get('DRIVER') ?? '',
    address: uevent.get('PCI_SLOT_NAME') ?? path,
    model: uevent.get('PCI_ID') ?? '',
    minor: render === undefined ? undefined : Number(render.slice('renderD'.length)),
    hwmons: host.list(`${device}/hwmon`).map((name) => `${device}/hwmon/${name}`),
  };
}

function cut(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}
