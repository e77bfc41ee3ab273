#!/usr/bin/env bash
# Makes a node inside this machine and stays as its process 1: own processes, host name, network (loopback only), /dev, /tmp and /run;
# all else is this machine's files, on which whatever is written lies in memory and goes with the node. cgroups are this machine's own.
# Arguments: an empty folder, the node's name, a folder to show as it is.
set -euo pipefail
base=$1 name=$2 shown=$3
root=$base/root

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/upper" "$base/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" overlay "$root"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/"
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
for folder in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o mode=1777 tmpfs "$root$folder"; done
mkdir -p "$root$shown"
mount --rbind "$shown" "$root$shown"

hostname "$name"
printf '127.0.0.1 localhost %s\n' "$name" >"$root/etc/hosts"
cd "$root"
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
# The loopback interface is down in a new network, and the program for it may not be installed: SIOCSIFFLAGS with IFF_UP | IFF_RUNNING.
# Names are resolved (AI_ADDRCONFIG) only where there is an address beside 127.0.0.1: SIOCSIFADDR gives it one of documentation's.
perl -e '
  use Socket;
  socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die;
  my $up = pack("Z16 s x22", "lo", 0x41);
  my $address = pack("Z16 S n a4 x16", "lo:1", AF_INET, 0, inet_aton("192.0.2.1"));
  ioctl($socket, 0x8914, $up) or die "lo: $!";
  ioctl($socket, 0x8916, $address) or die "lo:1: $!"'
echo ready
# A shell, because process 1 has to bury the orphans of all others.
while :; do sleep 1000000 & wait $! || :; done
