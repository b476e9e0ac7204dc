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
message='devid=+16(%x1):u32 eventid=+8(%x1):u32'
command='dw0=+0(%x2):x64 dw1=+8(%x2):x64 dw2=+16(%x2):x64 dw3=+24(%x2):x64'

# FUNCTION[@return] and what is fetched.
probes=(
  "vgic_its_inject_msi $message"
  'vgic_its_inject_msi@return ret=$retval:s32'
  "vgic_its_inject_cached_translation $message"
  'vgic_its_inject_cached_translation@return ret=$retval:s32'
  'vgic_v3_dispatch_sgi reg=%x1:x64'
  'vgic_v3_deactivate val=%x1:x64'
  'kvm_vgic_flush_hwstate'
  'kvm_vgic_sync_hwstate'
  'compute_ap_list_depth@return ret=$retval:s32'
  'vgic_prune_ap_list'
  'vgic_v4_load'
  'vgic_v4_put'
  'vgic_v3_load_nested'
  'vgic_v3_put_nested'
)
its_commands=(movi int clear mapd mapc mapi inv invall movall discard)

# Adds a probe under the function's own name; false if there is no such function.
try() {
  local function=${1%%@*} name=${1%%@*} kind=p
  [ "$1" = "$function" ] || { kind=r name=${function}_ret; }
  echo "$kind:gicscope/$name $function ${2:-}" 2>/dev/null >> "$tracefs/kprobe_events"
}

add() {
  local probe name arguments
  for probe in "${probes[@]}"; do
    read -r name arguments <<< "$probe"
    try "$name" "$arguments" || echo "not here: $name" >&2
  done
  # All commands pass through one function; where it is inlined, each has its own.
  if ! try vgic_its_handle_command "$command"; then
    for name in "${its_commands[@]}"; do
      try "vgic_its_cmd_handle_$name" "$command" || echo "not here: vgic_its_cmd_handle_$name" >&2
    done
  fi
  # The second is its name in newer kernels.
  try kvm_vcpu_kick || try __kvm_vcpu_kick || echo "not here: kvm_vcpu_kick" >&2
}

remove() {
  local event
  for event in "$tracefs"/events/gicscope/*/; do
    if [ -d "$event" ]; then echo "-:gicscope/$(basename "$event")" >> "$tracefs/kprobe_events"; fi
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
