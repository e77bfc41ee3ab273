import { messageOf } from '../contract/errors.ts';

/** What there is to know of a machine once; empty where it does not tell. */
export interface Inventory {
  readonly vendor: string;
  readonly model: string;
  readonly cpu: string;
  readonly sockets: string;
  readonly cores: string;
  readonly threads: string;
  readonly memory_type: string;
  readonly os: string;
  readonly virtual: string;
}

/**
 * The child's side of the inventory probe (`--probe inventory`): prints the inventory, or `{"unavailable":"why"}`, as one line and ends.
 * It runs apart, because systeminformation starts shells and tools that block, and keeps what it loaded.
 */
export async function runInventoryProbe(): Promise<void> {
  const found = await takeInventory().catch((error: unknown) => ({ unavailable: messageOf(error) }));
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(found)}\n`, resolve));
  process.exit(0);
}

async function takeInventory(): Promise<Inventory> {
  const { default: information } = await import('systeminformation');
  const [system, cpu, os, memory] = await Promise.all([
    information.system(),
    information.cpu(),
    information.osInfo(),
    information.memLayout(),
  ]);
  return {
    vendor: system.manufacturer,
    model: system.model,
    cpu: [cpu.manufacturer, cpu.brand].filter((part) => part !== '').join(' '),
    sockets: String(cpu.processors),
    cores: String(cpu.physicalCores),
    threads: String(cpu.cores),
    memory_type: memory.find(({ type }) => type !== '' && type !== 'Empty')?.type ?? '',
    os: [os.distro, os.release].filter((part) => part !== '').join(' '),
    virtual: String(system.virtual ?? ''),
  };
}
