type Files = Record<string, string | Buffer>;

// Composed after the kernel's documentation (Documentation/gpu/amdgpu/thermal.rst, sysfs-driver-intel-{i915,xe}-hwmon) and the
// figures that the cards' makers publish; not recorded.

/** Files below a folder. */
function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

function card(number: number, driver: string, pci: string, model: string, files: Files): Files {
  return below(`/sys/class/drm/card${number}`, {
    'device/uevent': `DRIVER=${driver}\nPCI_CLASS=38000\nPCI_ID=${model}\nPCI_SLOT_NAME=${pci}\n`,
    'device/vendor': `0x${model.slice(0, 4).toLowerCase()}\n`,
    [`device/drm/renderD${128 + number}/dev`]: `226:${128 + number}\n`,
    'device/power/runtime_status': 'active\n',
    ...files,
  });
}

/** One die of an Instinct MI250X, at work. */
export function mi250x(number = 0): Files {
  return card(number, 'amdgpu', `0000:c${number}:00.0`, '1002:7408', {
    'device/revision': '0x01\n',
    'device/gpu_busy_percent': '97\n',
    'device/mem_busy_percent': '41\n',
    'device/mem_info_vram_total': '68702699520\n',
    'device/mem_info_vram_used': '11534336\n',
    'device/unique_id': `d2c86e4a5f0000${number}1\n`,
    'device/serial_number': '692145000123\n',
    'device/pcie_replay_count': '3\n',
    'device/pcie_bw': 'reading this takes a second\n',
    'device/current_link_speed': '16.0 GT/s PCIe\n',
    'device/max_link_speed': '16.0 GT/s PCIe\n',
    'device/current_link_width': '16\n',
    'device/max_link_width': '16\n',
    'device/pp_dpm_sclk': '0: 500Mhz \n1: 800Mhz *\n2: 1700Mhz \n',
    'device/pp_dpm_mclk': '0: 400Mhz \n1: 1600Mhz *\n',
    'device/ras/umc_err_count': 'ue: 0\nce: 5\n',
    'device/ras/gfx_err_count': 'ue: 1\nce: 2\n',
    'device/ras/features': 'feature mask: 0x7fff\n',
    'device/gpu_metrics': gpuMetrics(3, 24, 2n ** 40n),
    ...below('device/hwmon/hwmon3', {
      name: 'amdgpu\n',
      temp1_label: 'edge\n',
      temp1_input: '48000\n',
      temp1_crit: '100000\n',
      temp1_emergency: '105000\n',
      temp2_label: 'junction\n',
      temp2_input: '61000\n',
      temp2_crit: '110000\n',
      temp3_label: 'mem\n',
      temp3_input: '52000\n',
      temp3_crit: '95000\n',
      power1_average: '412000000\n',
      power1_cap: '560000000\n',
      power1_cap_default: '560000000\n',
      power1_cap_min: '0\n',
      power1_cap_max: '560000000\n',
      freq1_label: 'sclk\n',
      freq1_input: '1695000000\n',
      freq2_label: 'mclk\n',
      freq2_input: '1600000000\n',
    }),
  });
}

/** An Instinct MI300X: no edge sensor, power of the instant, another table. */
export function mi300x(number = 0): Files {
  return card(number, 'amdgpu', `0000:0${number}:00.0`, '1002:74A1', {
    'device/gpu_busy_percent': '0\n',
    'device/product_name': 'AMD Instinct MI300X OAM\n',
    'device/unique_id': '0\n',
    'device/gpu_metrics': gpuMetrics(4, 24, 2n ** 20n),
    ...below('device/hwmon/hwmon0', {
      name: 'amdgpu\n',
      temp2_label: 'junction\n',
      temp2_input: '36000\n',
      temp2_crit: '100000\n',
      power1_input: '138000000\n',
      power1_cap: '750000000\n',
    }),
  });
}

/** What ROCm's driver (KFD) shows of two processes, one of which has memory on the card with this render node. */
export function kfd(renderMinor: number): Files {
  return below('/sys/class/kfd/kfd', {
    'topology/nodes/0/properties': 'cpu_cores_count 64\ndrm_render_minor 0\n',
    'topology/nodes/0/gpu_id': '0\n',
    'topology/nodes/1/properties': `simd_count 440\ndrm_render_minor ${renderMinor}\n`,
    'topology/nodes/1/gpu_id': '51054\n',
    'proc/4711/vram_51054': '10485760\n',
    'proc/4711/vram_777': '99\n',
    'proc/4712/vram_51054': '0\n',
  });
}

/** An Intel card of the xe driver (Battlemage), with a counter of the card and one of its package. */
export function xeCard(number = 0): Files {
  return card(number, 'xe', '0000:03:00.0', '8086:E20B', {
    'device/tile0/gt0/freq0/act_freq': '2400\n',
    'device/tile0/gt0/freq0/rp0_freq': '2850\n',
    'device/tile0/gt0/freq0/throttle/status': '1\n',
    'device/tile0/gt0/freq0/throttle/reason_pl1': '1\n',
    'device/tile0/gt0/freq0/throttle/reason_thermal': '0\n',
    'device/current_link_speed': '2.5 GT/s PCIe\n',
    'device/current_link_width': '1\n',
    ...below('device/hwmon/hwmon5', {
      name: 'xe\n',
      energy1_label: 'card\n',
      energy1_input: '1000000000\n',
      energy2_label: 'pkg\n',
      energy2_input: '700000000\n',
      power1_max: '190000000\n',
      power1_rated_max: '0\n',
      temp2_label: 'pkg\n',
      temp2_input: '51000\n',
      temp2_crit: '105000\n',
      temp2_emergency: '125000\n',
      temp3_label: 'vram\n',
      temp3_input: '58000\n',
      fan1_input: '1200\n',
    }),
  });
}

/** An Intel Data Center GPU of the i915 driver. */
export function i915Card(number = 0): Files {
  return card(number, 'i915', '0000:4d:00.0', '8086:56C0', {
    'gt/gt0/rps_act_freq_mhz': '2050\n',
    'gt/gt0/rps_RP0_freq_mhz': '2050\n',
    'gt/gt0/throttle_reason_status': '0\n',
    'gt/gt0/throttle_reason_pl1': '0\n',
    ...below('device/hwmon/hwmon4', { name: 'i915\n', energy1_input: '5000000\n', power1_max: '150000000\n', in0_input: '700\n' }),
    ...below('device/hwmon/hwmon6', { name: 'i915_gt0\n', energy1_input: '4000000\n' }),
  });
}

/** Graphics that is part of a processor: a card without sensors. */
export function intelGraphics(number = 0): Files {
  return card(number, 'i915', '0000:00:02.0', '8086:5917', { gt_act_freq_mhz: '300\n' });
}

/** The driver's table of format 1 with a counter of energy at its place. */
export function gpuMetrics(revision: number, at: number, energy: bigint): Buffer {
  const table = Buffer.alloc(at + 96, 0xff);
  table.writeUInt16LE(table.length, 0);
  table.writeUInt8(1, 2);
  table.writeUInt8(revision, 3);
  table.writeBigUInt64LE(energy, at);
  return table;
}
