import type { Layout } from '../layout.ts';

// A pod's uid: a UUID, in which the systemd driver writes underscores, or of a static pod the hash of its manifest.
const UID = '(?<id>[0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})';
const POD_SLICE = new RegExp(`^(?:kubelet-)?kubepods(?:-burstable|-besteffort)?-pod${UID}\\.slice$`);
const POD = new RegExp(`^pod${UID}$`);
const CLASS_SLICE = /^(?:kubelet-)?kubepods-(?:burstable|besteffort)\.slice$/;
const CLASS = /^(?:burstable|besteffort)$/;

/** Kubernetes: pods as the kubelet lays them out with the systemd and the cgroupfs driver (kubernetes/pkg/kubelet/cm). */
export const kubernetes: Layout = {
  scheduler: 'kubernetes',
  title: 'Kubernetes',
  trails: [
    ['kubepods.slice', POD_SLICE],
    ['kubepods.slice', CLASS_SLICE, POD_SLICE],
    ['kubelet.slice', 'kubelet-kubepods.slice', POD_SLICE],
    ['kubelet.slice', 'kubelet-kubepods.slice', CLASS_SLICE, POD_SLICE],
    ['kubepods', POD],
    ['kubepods', CLASS, POD],
  ],
  name: ({ id = '' }) => ({ id: id.replaceAll('_', '-'), nobody: true }),
  signs: ['/var/lib/kubelet', '/etc/kubernetes'],
  fix: 'start the kubelet with --cgroups-per-qos=true, its default',
};
