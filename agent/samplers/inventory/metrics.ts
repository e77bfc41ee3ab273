import { defineMetrics } from '../../contract/metric.ts';

/** The facts of node_exporter's node_dmi_info and the files of /sys/class/dmi/id they come from. */
export const DMI_FILES = {
  bios_date: 'bios_date',
  bios_release: 'bios_release',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_family: 'product_family',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_sku: 'product_sku',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
} as const;

/** A fact of the machine's firmware. */
export type DmiFact = keyof typeof DMI_FILES;

/** What the firmware says of the machine; node_exporter has the same. */
export const dmiMetrics = defineMetrics('node_dmi', {
  node_dmi_info: {
    kind: 'gauge',
    unit: 'info',
    help: `A metric with a constant '1' value labeled by ${Object.keys(DMI_FILES).join(', ')} if provided by DMI.`,
    labels: Object.keys(DMI_FILES) as DmiFact[],
  },
});

/** What systeminformation finds out, of the machine the agent itself runs on only. */
export const hardwareMetrics = defineMetrics('node_hardware', {
  node_hardware_info: {
    kind: 'gauge',
    unit: 'info',
    help: 'What the machine is: vendor, model, CPU, memory type and operating system, found once at start.',
    labels: ['vendor', 'model', 'cpu', 'sockets', 'cores', 'threads', 'memory_type', 'os', 'virtual'],
  },
});

/** Facts of the machine, all with the value 1. */
export const metrics = { ...dmiMetrics, ...hardwareMetrics };
