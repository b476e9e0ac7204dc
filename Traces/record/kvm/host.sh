#!/usr/bin/env bash
# Boots an arm64 KVM host under QEMU (TCG) from Debian's packages, with a guest in it, and records the guest on the host
# as a user would. QEMU's own log of the same time is the truth from below. A way to try `gicscope record` on a machine that
# is no arm64 host; a run takes some minutes.
#
#   host.sh files  RELEASE DIR          the host's files that a plan is made from: DIR/host
#   host.sh record RELEASE DIR SCRIPT   runs SCRIPT (of gicscope record --script) on the host: DIR/recording, DIR/below.log
#   host.sh run    RELEASE DIR GICSCOPE [JOB]
#                                       runs gicscope itself on the host, one built for x86-64 by emulation; JOB is a shell
#                                       script that runs there beside a guest instead of one recording (ends.sh is one)
#
# RELEASE is the suite of Debian that the kernel comes from: bookworm (Linux 6.1), bookworm-backports (6.12), sid (7.2),
# experimental (7.3). GIC=2 boots a GICv2 host; ROUNDS says how long the guest works (12); with AGENT=1
# trace-cmd agent runs in it, and `run` records the guest from inside too. Needs Debian with the packages qemu-system-arm,
# kmod, cpio and xz-utils. Packages are downloaded once and unpacked into DIR/packages; nothing is installed.
set -euo pipefail

[ $# -ge 3 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
job=$1 release=$2 dir=$(realpath -m "$3") script=${4:-}
mirror=${MIRROR:-http://deb.debian.org/debian}
mkdir -p "$dir"

# Packages of arm64, by an apt of its own.
fetch() {
  local apt=$dir/apt
  mkdir -p "$apt"/{state/lists/partial,cache/archives/partial}
  touch "$apt/status"
  local key=/usr/share/keyrings/debian-archive-keyring.gpg suite
  local newer=
  [ "$release" != experimental ] || newer=sid
  for suite in bookworm $newer "$release"; do echo "deb [signed-by=$key] $mirror $suite main"; done > "$apt/sources.list"
  cat > "$apt/apt.conf" <<CONF
APT::Architecture "arm64"; APT::Architectures { "arm64"; }; APT::Sandbox::User "root";
Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "-";
Dir::State "$apt/state"; Dir::Cache "$apt/cache"; Dir::State::status "$apt/status";
CONF
  export APT_CONFIG=$apt/apt.conf
  apt-get -q update
  apt-get -q install -y --download-only --no-install-recommends -t bookworm busybox-static trace-cmd qemu-system-arm \
    qemu-user-static ipxe-qemu-
  # The kernel comes from a newer suite, whose libraries do not go with these programs.
  local package
  for package in "$apt"/cache/archives/{busybox,trace-cmd,qemu-system-,qemu-user-static,lib,zlib1g}*.deb; do
    dpkg-deb -x "$package" "$dir/packages"
  done
  apt-get -q install -y --download-only --no-install-recommends -t "$release" linux-image-cloud-arm64
  unset APT_CONFIG
  # Newer kernels have their modules in a package of their own.
  rm -rf "$dir/kernel"
  for package in "$apt"/cache/archives/linux-{image,modules,binary}-[0-9]*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" "$dir/kernel"
  done
  [ -d "$dir/kernel/lib" ] || ln -s usr/lib "$dir/kernel/lib"
  ls "$dir"/kernel/boot/vmlinuz-* > /dev/null 2>&1 || {
    mkdir -p "$dir/kernel/boot" && cp "$dir"/kernel/lib/modules/*/vmlinuz "$dir/kernel/boot/vmlinuz-$(ls "$dir/kernel/lib/modules")"
  }
}

# copy ROOT PROGRAM…: programs with the libraries that they need.
copy() {
  local root=$1 lib=usr/lib/aarch64-linux-gnu program file name
  shift
  mkdir -p "$root/$lib" "$root/usr/bin"
  [ -e "$root/lib" ] || { ln -s usr/lib "$root/lib"; ln -s aarch64-linux-gnu/ld-linux-aarch64.so.1 "$root/usr/lib/"; }
  for program in "$@"; do cp "$dir/packages/usr/bin/$program" "$root/usr/bin/"; done
  local queue=("${@/#/$root/usr/bin/}")
  while [ ${#queue[@]} -gt 0 ]; do
    file=${queue[0]} queue=("${queue[@]:1}")
    for name in $(readelf -d "$file" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'); do
      [ ! -e "$root/$lib/$name" ] || continue
      cp -L "$(find "$dir/packages/lib" "$dir/packages/usr/lib" -name "$name" | head -1)" "$root/$lib/$name"
      queue+=("$root/$lib/$name")
    done
  done
}

# modules ROOT NAME…: modules with those that they need, in the order in which they load: ROOT/modules.
modules() {
  local root=$1 kernel name file
  shift
  kernel=$(ls "$dir/kernel/lib/modules")
  depmod -b "$dir/kernel" "$kernel"
  mkdir -p "$root/modules"
  for name in "$@"; do
    for file in $(modprobe -d "$dir/kernel" -S "$kernel" --show-depends "$name" 2>/dev/null | awk '/^insmod/ {print $2}'); do
      grep -qx "$(basename "$file" .xz)" "$root/modules/order" 2>/dev/null && continue
      basename "$file" .xz >> "$root/modules/order"
      case $file in
        *.xz) xz -dc "$file" > "$root/modules/$(basename "$file" .xz)" ;;
        *) cp "$file" "$root/modules/" ;;
      esac
    done
  done
}

# root ROOT: what host and guest have in common.
base() {
  rm -rf "$1" && mkdir -p "$1"/{bin,proc,sys,dev,tmp,etc,run}
  cp "$dir/packages/bin/busybox" "$1/bin/"
  modules "$1" virtio_pci virtio_blk
  cat > "$1/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug; mount -t tracefs trace /sys/kernel/tracing; mount -t tmpfs tmp /tmp
while read -r module; do insmod "/modules/$module"; done < /modules/order
. /job
poweroff -f
INIT
  chmod +x "$1/init"
}

# program FILE: gicscope, with its libraries, and what runs it if it is not built for arm64.
program() {
  local root=$dir/root interpreter name file
  mkdir -p "$root/gicscope"
  cp "$1" "$root/gicscope/gicscope"
  ldd "$1" | awk '/=> \// {print $3} $1 ~ /^\// {print $1}' | while read -r file; do
    mkdir -p "$root/gicscope$(dirname "$file")" && cp -L "$file" "$root/gicscope$file"
  done
  interpreter=
  if [ "$(uname -m)" != aarch64 ]; then
    name=qemu-$(uname -m)-static
    cp "$dir/packages/usr/bin/$name" "$root/usr/bin/"
    interpreter="/usr/bin/$name -L /gicscope"
  fi
  printf '#!/bin/sh\nexec %s /gicscope/gicscope "$@"\n' "$interpreter" > "$root/usr/bin/gicscope"
  chmod +x "$root/usr/bin/gicscope"
}

pack() { (cd "$1" && find . | cpio -o -H newc -R 0:0 --quiet); }

build() {
  base "$dir/guest"
  if [ -n "${AGENT:-}" ]; then
    copy "$dir/guest" trace-cmd
    modules "$dir/guest" vmw_vsock_virtio_transport
    echo 'trace-cmd agent > /tmp/agent.log 2>&1 & sleep 2' > "$dir/guest/job"
  fi
  cat >> "$dir/guest/job" <<'JOB'
# Disk and memory, timers, IPIs between both CPUs, on and off.
echo "guest: start"
i=0
while [ $i -lt "${rounds:-12}" ]; do
  dd if=/dev/vda of=/dev/null bs=4k count=64 iflag=direct 2>/dev/null &
  taskset 2 dd if=/dev/vda of=/dev/null bs=16k count=32 iflag=direct 2>/dev/null
  wait
  # An interrupt of the disk moves to the other CPU: commands to the guest's ITS.
  for irq in $(sed -n 's/^ *\([0-9]*\):.*virtio0-config.*/\1/p' /proc/interrupts); do
    echo $((i % 2 + 1)) > "/proc/irq/$irq/smp_affinity"
  done
  usleep 20000
  i=$((i + 1))
done
cat /proc/interrupts
echo "guest: end"
JOB
  base "$dir/root"
  copy "$dir/root" trace-cmd qemu-system-aarch64
  [ -z "${AGENT:-}" ] || modules "$dir/root" vhost_vsock
  mkdir -p "$dir/root/usr/share"
  cp -rL "$dir/packages/usr/share/qemu" "$dir/root/usr/share/qemu" 2>/dev/null || mkdir -p "$dir/root/usr/share/qemu"
  find "$dir/root/usr/share/qemu" -type f ! -name 'efi-virtio.rom' -delete
  cp "$dir"/kernel/boot/vmlinuz-* "$dir/root/vmlinuz"
  pack "$dir/guest" | gzip -9 > "$dir/root/guest.cpio.gz"
  cp "$1" "$dir/root/job"
  case $job in
    record) cp "$script" "$dir/root/record.sh" ;;
    run) program "$script" && cp "$2" "$dir/root/use.sh" ;;
  esac
  pack "$dir/root" > "$dir/root.cpio"
}

# boot QEMU-OPTION…: the host, which leaves what it has to say on its second disk as a tar archive.
boot() {
  rm -f "$dir/out.img" && truncate -s 256M "$dir/out.img"
  qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=${GIC:-3}" -cpu max,pauth-impdef=on,sve=off -smp 2 -m 2G \
    -accel tcg,thread=multi -kernel "$dir"/kernel/boot/vmlinuz-* -initrd "$dir/root.cpio" \
    -append "console=ttyAMA0 loglevel=4 panic=-1" -no-reboot -display none -monitor none -nodefaults \
    -serial "file:$dir/console.log" -drive "if=none,id=out,format=raw,file=$dir/out.img" \
    -device virtio-blk-pci,drive=out,romfile= "$@"
}

files_job() {
  cat <<'JOB'
mkdir -p /tmp/host && cd /tmp/host
for f in /proc/kallsyms /proc/interrupts /proc/sys/kernel/osrelease /sys/kernel/tracing/available_filter_functions \
  /sys/kernel/tracing/available_events /sys/kernel/tracing/README /sys/kernel/debug/kprobes/blacklist \
  /sys/kernel/btf/vmlinux; do
  mkdir -p ".${f%/*}" && cat "$f" > ".$f"
done
uname -m > machine
cat /proc/mounts > mounts
tar cf /dev/vda -C /tmp host && sync
JOB
}

# What starts a guest and waits until it runs.
guest_job() {
  cat <<JOB
cd /tmp
rounds=${ROUNDS:-12} socket="${AGENT:+-device vhost-vsock-pci,guest-cid=3}"
JOB
  cat <<'JOB'
qemu-system-aarch64 -M "virt,gic-version=host" -accel kvm -cpu host -smp 2 -m 256 -nodefaults -display none -no-reboot \
  -name guest,debug-threads=on -kernel /vmlinuz -initrd /guest.cpio.gz -append "console=ttyAMA0 loglevel=4 panic=-1 rounds=$rounds" \
  -serial file:/tmp/guest.log -blockdev null-co,node-name=n,size=16777216,read-zeroes=on \
  -device virtio-blk-pci,drive=n,num-queues=2,romfile= $socket > /tmp/qemu.log 2>&1 &
guest=$!
until grep -q 'guest: start' /tmp/guest.log 2>/dev/null || ! kill -0 $guest 2>/dev/null; do sleep 1; done
echo '@@recording'
JOB
}

# What keeps a recording, and what stands beside it.
keep_job() {
  cat <<'JOB'
cat /sys/kernel/tracing/kprobe_events > /tmp/kprobes-left.txt
dmesg > /tmp/dmesg.txt
mkdir -p /tmp/recording
mv /tmp/guest.log /tmp/qemu.log /tmp/record.log /tmp/kprobes-left.txt /tmp/dmesg.txt /tmp/recording/
tar cf /dev/vda -C /tmp recording && sync
JOB
}

record_job() {
  guest_job
  cat <<'JOB'
$record -o /tmp/recording -- sh -c "until grep -q 'guest: end' /tmp/guest.log || ! kill -0 $guest; do sleep 1; done" \
  > /tmp/record.log 2>&1
echo "exit status $?" >> /tmp/record.log
JOB
  keep_job
}

[ -d "$dir/packages" ] && [ -d "$dir/kernel" ] || fetch
# watched: the host boots, and QEMU's log has what says what list registers hold, and what was acknowledged and ended: the
# whole log is ten times as long.
watched() {
  boot -D "$dir/below.log" -msg timestamp=on -trace 'gicv3_ich_*' -trace 'gicv3_icv_iar*' -trace 'gicv3_icv_eoir*' \
    -trace gicv3_icv_dir_write -trace 'gic_hyp_*' -trace gic_acknowledge_irq -trace gic_cpu_write
  rm -rf "$dir/recording" && tar xf "$dir/out.img" -C "$dir"
  cat "$dir/recording/record.log"
}

case $job in
  files)
    files_job > "$dir/job" && build "$dir/job"
    boot
    tar xf "$dir/out.img" -C "$dir"
    ;;
  record)
    [ -n "$script" ] || { echo "host.sh record: give the script that gicscope record --script prints" >&2; exit 2; }
    { echo "record='sh /record.sh'" && record_job; } > "$dir/job" && build "$dir/job"
    watched
    ;;
  run)
    [ -n "$script" ] || { echo "host.sh run: give the program gicscope" >&2; exit 2; }
    if [ -n "${5:-}" ]; then
      { guest_job && echo 'sh /use.sh $guest 2>&1 | tee /tmp/record.log' && keep_job; } > "$dir/job"
    else
      { echo "record='gicscope record${AGENT:+ --guest guest@3:823}'" && record_job; } > "$dir/job"
    fi
    build "$dir/job" "${5:-/dev/null}"
    watched
    ;;
  *) echo "host.sh: unknown job $job" >&2; exit 2 ;;
esac
