import { code, isForGood } from './codes.ts';
import type { Field } from './fields.ts';
import { label } from './health.ts';
import { put, single } from './item.ts';
import type { Item, MetricName, Target } from './item.ts';

/** Scope of an NVLink field that means the sum of all links. */
const ALL_LINKS = 0xffffffff;
/** NVML_NVLINK_MAX_LINKS. */
const MAX_LINKS = 18;
const KIB = 1024;

/** The PCIe link as it is and could be, and how many NVLinks are up. PCIe throughput is never asked: each call blocks for 20 ms. */
export function linkItems(target: Target): readonly (Item | undefined)[] {
  return [
    single(target, 'minute', 'nvmlDeviceGetCurrPcieLinkGeneration', 'gpu_pcie_link_generation'),
    single(target, 'minute', 'nvmlDeviceGetMaxPcieLinkGeneration', 'gpu_pcie_link_generation_max'),
    single(target, 'minute', 'nvmlDeviceGetCurrPcieLinkWidth', 'gpu_pcie_link_width'),
    single(target, 'minute', 'nvmlDeviceGetMaxPcieLinkWidth', 'gpu_pcie_link_width_max'),
    nvlinksUp(target),
  ];
}

/** Bytes over PCIe (197, 198) and over all NVLinks (138, 139, in KiB; of NVLink 5 202, 204, in bytes); errors of both. */
export function linkFields(target: Target): readonly Field[] {
  const replays = single(target, 'minute', 'nvmlDeviceGetPcieReplayCounter', 'gpu_pcie_replays_total');
  return [
    { pace: 'pass', id: 197, keep: pcie('gpu_pcie_transmit_bytes_total') },
    { pace: 'pass', id: 198, keep: pcie('gpu_pcie_receive_bytes_total') },
    { pace: 'pass', id: 138, scope: ALL_LINKS, keep: (sheet, value) => put(sheet, 'gpu_nvlink_transmit_bytes_total', value * KIB) },
    { pace: 'pass', id: 139, scope: ALL_LINKS, keep: (sheet, value) => put(sheet, 'gpu_nvlink_receive_bytes_total', value * KIB) },
    { pace: 'pass', id: 202, scope: ALL_LINKS, keep: later('gpu_nvlink_transmit_bytes_total') },
    { pace: 'pass', id: 204, scope: ALL_LINKS, keep: later('gpu_nvlink_receive_bytes_total') },
    { pace: 'minute', id: 94, keep: (sheet, value) => put(sheet, 'gpu_pcie_replays_total', value), instead: replays },
    { pace: 'minute', id: 38, keep: (sheet, value) => label(sheet, 'gpu_nvlink_errors_total', { error: 'crc_flit' }, value) },
    { pace: 'minute', id: 45, keep: (sheet, value) => label(sheet, 'gpu_nvlink_errors_total', { error: 'crc_data' }, value) },
    { pace: 'minute', id: 52, keep: (sheet, value) => label(sheet, 'gpu_nvlink_errors_total', { error: 'replay' }, value) },
    { pace: 'minute', id: 59, keep: (sheet, value) => label(sheet, 'gpu_nvlink_errors_total', { error: 'recovery' }, value) },
  ];
}

// A counter of 32 bits goes round in the eighth of a second that a fast link needs for 4 GiB: what it says once a second is no
// number of bytes.
function pcie(metric: MetricName): Field['keep'] {
  return (sheet, value, wraps) => {
    if (!wraps) put(sheet, metric, value);
  };
}

function later(metric: MetricName): Field['keep'] {
  return (sheet, value) => {
    if (sheet.values[metric] === undefined) put(sheet, metric, value);
  };
}

// The first link that the card does not have ends the count.
function nvlinksUp({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetNvLinkState;
  return (
    call && {
      pace: 'minute',
      read(sheet) {
        let up = 0;
        for (let link = 0; link < MAX_LINKS; link++) {
          const answer = call(handle, link, words);
          if (answer !== code.success && (link === 0 || !isForGood(answer))) return answer;
          if (answer !== code.success) break;
          if (words[0] === 1) up++;
        }
        put(sheet, 'gpu_nvlink_links_active', up);
        return code.success;
      },
    }
  );
}
