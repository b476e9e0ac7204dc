#!/usr/bin/env bash
# record.sh: records captures like those in the folders beside this one.
#
#   record.sh packages DIR          downloads and unpacks what the guests are made of (a kernel, busybox), from Debian
#   record.sh linux-gicv3-its OUT   a Linux guest: GICv3 with an ITS, virtio devices with MSI-X
#   record.sh linux-gicv2 OUT       a Linux guest: GICv2, virtio-mmio devices, GICv2m
#   record.sh random-gicv3 OUT      a random bare-metal program on GICv3 with an ITS
#   record.sh resets-gicv3 OUT      the same, resetting the machine twice
#   record.sh setup-gicv3 OUT       the same, setting the ITS up again and again, and moving LPI pending tables
#   record.sh random-gicv2 OUT      a random bare-metal program on GICv2
#   record.sh fault-gicv3 OUT       a bare-metal program that does one thing wrong (FAULT says which), GICv3 with an ITS
#   record.sh fault-gicv2 OUT       the same on GICv2
#   record.sh secure-gicv3 OUT      a bare-metal program at EL3 and Non-secure EL1: two Security states, with -d int
#   record.sh secure-gicv2 OUT      the same on a GICv2 with the Security Extensions
#
# OUT becomes a folder with trace.log, console.log and command.txt. Needs bash, Debian 12's qemu-system-arm, and for the
# bare-metal programs gcc-aarch64-linux-gnu; for the Linux guests cpio, dpkg and apt-get, with the packages in GUEST
# (record.sh packages makes it). Environment:
#   GUEST    folder of the unpacked packages                       default: ./guest
#   QEMU     the emulator                                          default: qemu-system-aarch64
#   FAULT    number of the fault in baremetal/fault3.c or fault2.c; 0 for none; FEATURES=1: no access marks the end
#   CPUS     processors       SEED, OPERATIONS, FEATURES, SPIS     of the random programs
#   ROUNDS, BLOCKS   the Linux guests' work
#   EVENTS   -trace options                                        default: -trace gic*, without the virtual interfaces
#   LOG      other logging options                                 default: -msg timestamp=on
#   EXTRA    more options for the emulator, at the end
set -euo pipefail
set -o noglob
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
GUEST=${GUEST:-$PWD/guest}
QEMU=${QEMU:-qemu-system-aarch64}
EVENTS=${EVENTS:--trace gic* -trace -gicv3_cpuif_virt_*}
LOG=${LOG:--msg timestamp=on}

fail() { echo "record.sh: $*" >&2; exit 1; }
need() { command -v "$1" >/dev/null || fail "$1 is not installed (Debian package $2)"; }

# Packages of the arm64 architecture, fetched with apt-get into a state of its own, so that the system stays as it is.
packages() {
  local dir=$1 mirror
  need apt-get apt
  mkdir -p "$dir"/apt/{lists,cache/archives}/partial "$dir/debs" "$dir/root"
  dir=$(cd "$dir" && pwd)
  mirror=${MIRROR:-$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -1)}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" >"$dir/apt/sources.list"
  local options=(-o "Dir::Etc::sourcelist=$dir/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt/cache" -o APT::Sandbox::User=root
    -o APT::Architecture=arm64 -o APT::Architectures=arm64)
  apt-get "${options[@]}" update
  local image
  image=$(apt-cache "${options[@]}" depends linux-image-cloud-arm64 | sed -n 's/.*Depends: \(linux-image[^:]*\).*/\1/p')
  (cd "$dir/debs" && apt-get "${options[@]}" download "$image" busybox-static)
  set +o noglob
  for deb in "$dir"/debs/*.deb; do dpkg-deb -x "$deb" "$dir/root"; done
  basename -a "$dir"/debs/*.deb >"$dir/versions.txt"
}

# An initramfs of busybox, the virtio drivers and linux/init.
initramfs() {
  local out=$1 tree kernel module
  need cpio cpio
  tree=$(mktemp -d)
  mkdir -p "$tree"/{bin,proc,sys,dev,lib/modules}
  cp "$GUEST/root/bin/busybox" "$tree/bin/"
  kernel=$(ls "$GUEST/root/lib/modules" | head -1)
  for module in virtio/virtio virtio/virtio_ring virtio/virtio_pci_modern_dev virtio/virtio_pci_legacy_dev \
    virtio/virtio_pci virtio/virtio_mmio net/net_failover net/virtio_net block/virtio_blk char/hw_random/virtio-rng; do
    cp "$GUEST/root/lib/modules/$kernel/kernel/drivers/$module.ko" "$tree/lib/modules/"
  done
  cp "$GUEST/root/lib/modules/$kernel/kernel/net/core/failover.ko" "$tree/lib/modules/"
  cp "$here/linux/init" "$tree/init"
  chmod +x "$tree/init"
  (cd "$tree" && find . | cpio -o -H newc --quiet) | gzip -9 >"$out"
  rm -rf "$tree"
}

# Runs the emulator: the log to OUT/trace.log, the console to OUT/console.log, the command line to OUT/command.txt.
run() {
  local out=$1
  shift
  need "$QEMU" qemu-system-arm
  local command=("$QEMU" "$@" -display none -monitor none -nodefaults -chardev file,id=console,path=console.log
    -serial chardev:console $EVENTS -D trace.log $LOG ${EXTRA:-})
  { "$QEMU" --version | head -1; printf '%q ' "${command[@]}"; echo; } >"$out/command.txt"
  (cd "$out" && rm -f trace.log && timeout "${LIMIT:-120}" nice "${command[@]}" </dev/null)
  tail -1 "$out/console.log"
}

linux() {
  local out=$1 machine=$2
  shift 2
  [ -d "$GUEST/root/boot" ] || fail "no packages in $GUEST: run record.sh packages $GUEST"
  initramfs "$out/initramfs.gz"
  cp "$GUEST"/root/boot/vmlinuz-"$(ls "$GUEST/root/lib/modules" | head -1)" "$out/vmlinuz"
  run "$out" -machine "$machine" -accel tcg,thread=multi -cpu cortex-a72 -smp "${CPUS:-4}" -m 384M -kernel vmlinuz \
    -initrd initramfs.gz -no-reboot \
    -append "console=ttyAMA0 quiet loglevel=4 panic=-1 rounds=${ROUNDS:-2} blocks=${BLOCKS:-40}" "$@"
  rm "$out/initramfs.gz" "$out/vmlinuz"
  sed -n '/^@@INTERRUPTS/,/^@@DONE/p' "$out/console.log" | tr -d '\r' | sed '1d;$d' >"$out/interrupts.txt"
}

# Bit 0 ITS, 1 nested handlers, 2 EOImode, 3 Group 0, 4 reserved accesses, 5 LPI configuration, 6 reserved bits,
# 7 ends of what is not active, 8 timers and devices, 11 command errors, 12 active priorities, 13 other PEs' frames,
# 14 two-level device table, 15 GICD_CTLR, 16 resets, 17 the ITS set up again.
random() {
  local out=$1 program=$2 machine=$3 cpu=$4 features=$5
  shift 5
  local n value
  "$here/baremetal/build.sh" "$out/program.elf" "$program.c"
  # Six little-endian doublewords at the address where the program looks for them.
  for value in "${SEED:-1}" "${OPERATIONS:-1500}" "${FEATURES:-$features}" "${CPUS:-2}" "${SPIS:-64}" 0; do
    for n in 0 8 16 24 32 40 48 56; do printf "\\x$(printf %x $(((value >> n) & 255)))"; done
  done >"$out/options.bin"
  run "$out" -machine "$machine" -accel tcg,thread=multi -cpu "$cpu" -smp "${CPUS:-2}" -m 512M -kernel program.elf \
    -device loader,file=options.bin,addr=0x48000000,force-raw=on -semihosting "$@"
  { grep '^ *ack cpu' "$out/console.log" || true; } | sed 's/^ *//' >"$out/truth.txt"
}

case ${1:-} in
packages) packages "${2:?DIR}" ;;
linux-gicv3-its)
  mkdir -p "${2:?OUT}"
  linux "$2" virt,gic-version=3,its=on \
    -blockdev null-co,node-name=disk,size=67108864,read-zeroes=on \
    -device virtio-blk-pci,drive=disk,num-queues="${CPUS:-4}",serial=DISK \
    -netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci
  ;;
linux-gicv2)
  mkdir -p "${2:?OUT}"
  linux "$2" virt,gic-version=2 \
    -blockdev null-co,node-name=disk,size=67108864,read-zeroes=on -device virtio-blk-device,drive=disk,serial=DISK \
    -netdev user,id=net,restrict=on -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-device
  ;;
random-gicv3)
  mkdir -p "${2:?OUT}"
  random "$2" random3 virt,gic-version=3,its=on cortex-a72 0x793f
  ;;
resets-gicv3)
  mkdir -p "${2:?OUT}"
  random "$2" random3 virt,gic-version=3,its=on cortex-a72 0x1793f
  ;;
setup-gicv3)
  mkdir -p "${2:?OUT}"
  random "$2" random3 virt,gic-version=3,its=on cortex-a72 0x2793f
  ;;
random-gicv2)
  mkdir -p "${2:?OUT}"
  random "$2" random2 virt,gic-version=2 cortex-a72 0x13f
  ;;
fault-gicv3)
  mkdir -p "${2:?OUT}"
  SEED=${FAULT:-0} CPUS=2 random "$2" fault3 virt,gic-version=3,its=on cortex-a72 0
  ;;
fault-gicv2)
  mkdir -p "${2:?OUT}"
  SEED=${FAULT:-0} CPUS=2 random "$2" fault2 virt,gic-version=2 cortex-a72 0
  ;;
secure-gicv3)
  mkdir -p "${2:?OUT}"
  LOG="$LOG -d int" random "$2" secure3 virt,gic-version=3,secure=on cortex-a72 0x2100
  ;;
secure-gicv2)
  mkdir -p "${2:?OUT}"
  LOG="$LOG -d int" random "$2" secure2 virt,gic-version=2,secure=on cortex-a72 0x100
  ;;
*) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
