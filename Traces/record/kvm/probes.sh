#!/usr/bin/env bash
# Adds probes for what no tracepoint of mainline KVM shows: LPIs, ITS commands, SGI values, trapped
# deactivations. As root, on an arm64 host.
#
#   probes.sh add       then record with tracepoints.sh, with -e gicscope added
#   probes.sh record N  adds them, records for N seconds together with the tracepoints, removes them
#   probes.sh remove
#
# Functions that the compiler inlined can not be probed; a message says which. gicscope knows the events by these names,
# and their arguments by name.
set -euo pipefail

tracefs=/sys/kernel/tracing
[ -d "$tracefs/events" ] || tracefs=/sys/kernel/debug/tracing

# struct kvm_msi: address_lo, address_hi, data (the EventID), flags, devid. The arguments of an arm64 function are in
# x0 to x7.
probes=(
  'p:gicscope/vgic_its_inject_msi vgic_its_inject_msi devid=+16(%x1):u32 eventid=+8(%x1):u32'
  'r:gicscope/vgic_its_inject_msi_ret vgic_its_inject_msi ret=$retval:s32'
  'p:gicscope/vgic_its_inject_cached_translation vgic_its_inject_cached_translation devid=+16(%x1):u32 eventid=+8(%x1):u32'
  'r:gicscope/vgic_its_inject_cached_translation_ret vgic_its_inject_cached_translation ret=$retval:s32'
  'p:gicscope/vgic_its_handle_command vgic_its_handle_command dw0=+0(%x2):x64 dw1=+8(%x2):x64 dw2=+16(%x2):x64 dw3=+24(%x2):x64'
  'p:gicscope/vgic_v3_dispatch_sgi vgic_v3_dispatch_sgi reg=%x1:x64'
  'p:gicscope/vgic_v3_deactivate vgic_v3_deactivate val=%x1:x64'
  'p:gicscope/kvm_vgic_flush_hwstate kvm_vgic_flush_hwstate'
  'p:gicscope/kvm_vgic_sync_hwstate kvm_vgic_sync_hwstate'
  'p:gicscope/kvm_vcpu_kick kvm_vcpu_kick'
)

add() {
  for probe in "${probes[@]}"; do
    echo "$probe" >> "$tracefs/kprobe_events" || echo "not here: $probe" >&2
  done
}

remove() {
  for probe in "${probes[@]}"; do
    name=${probe#*:}
    echo "-:${name%% *}" >> "$tracefs/kprobe_events" 2>/dev/null || true
  done
}

case "${1:-}" in
  add) add ;;
  remove) remove ;;
  record)
    add
    trap remove EXIT
    trace-cmd record -C mono -b "${BUFFER:-32768}" -e kvm -e irq -e ipi -e sched:sched_switch -e sched:sched_wakeup \
      -e gicscope -o trace.dat sleep "${2:-10}"
    ;;
  *)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
