import type { Host } from '../../../host.ts';
import type { GivenGpu, GivenSource } from './given-gpu.ts';

// OAR_RUNTIME_DIRECTORY of oar.conf: Debian's packages have the first, OAR's own default is the second.
const FOLDERS = ['/var/lib/oar', '/tmp/oar_runtime'];

/** OAR's files on the node, and whether there are any. */
export interface OarFiles extends GivenSource {
  readonly present: boolean;
}

/**
 * The property `gpudevice` in OAR's list of a job's resources, which job_resource_manager_cgroups.pl writes on every node of the job
 * before it begins. It is the number of the device file: the same script denies `c 195:N` by it.
 */
export function openOarFiles(host: Host): OarFiles {
  return {
    get present() {
      return FOLDERS.some((folder) => host.list(folder).length > 0);
    },
    of(job) {
      if (job.scheduler !== 'oar') return undefined;
      for (const folder of FOLDERS) {
        const text = host.text(`${folder}/${job.id}_resources`);
        if (text !== undefined) return devicesIn(text, host.text('/proc/sys/kernel/hostname') ?? '');
      }
      return undefined;
    },
  };
}

function devicesIn(text: string, host: string): readonly GivenGpu[] | undefined {
  const rows = text
    .split('\n')
    .map(propertiesOf)
    .filter(({ network_address: at = '' }) => isHost(at, host));
  // A cluster whose resources lack the property says nothing of GPUs; a resource without a value has none.
  const devices = rows.map(({ gpudevice }) => gpudevice).filter((device) => device !== undefined);
  if (devices.length === 0) return undefined;
  return [...new Set(devices)].filter((device) => /^\d+$/.test(device)).map((name) => ({ by: 'minor', name }));
}

// ` network_address = 'dahu33' , gpudevice = '0' , …`
function propertiesOf(row: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...row.matchAll(/(\w+) = '([^']*)'/g)].map(([, name = '', value = '']) => [name, value]));
}

const short = (name: string): string => name.split('.', 1)[0] ?? '';

function isHost(address: string, host: string): boolean {
  return address === host || (host !== '' && short(address) === short(host) && (!address.includes('.') || !host.includes('.')));
}
