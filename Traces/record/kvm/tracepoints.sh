#!/usr/bin/env bash
# Records what KVM's own tracepoints show, on an arm64 host, as root: trace.dat in the current directory.
#
#   tracepoints.sh [SECONDS]          all guests, for some seconds (10)
#   PID=1234 tracepoints.sh [SECONDS] the threads of one virtual machine monitor only; what other threads and
#                                     interrupt handlers inject into its guest is then missing
#
# One clock for all CPUs (-C mono) keeps events in order. Lost events are marked in the file and become gaps: make the
# buffer larger (BUFFER, in KiB for each CPU) until there are none.
set -euo pipefail

seconds=${1:-10}
buffer=${BUFFER:-32768}
events=(-e kvm -e irq -e ipi -e sched:sched_switch -e sched:sched_wakeup)
only=()
[ -z "${PID:-}" ] || only=(-P "$PID" -c)

trace-cmd record -C mono -b "$buffer" "${events[@]}" "${only[@]}" -o trace.dat sleep "$seconds"

# What the kernel's interrupt numbers stand for, for gicscope's --irq-map.
cp /proc/interrupts interrupts.txt
if [ -d /sys/kernel/debug/irq/irqs ]; then
  # LPIs are only here: the innermost domain's number is the INTID.
  for file in /sys/kernel/debug/irq/irqs/*; do
    echo "irq: ${file##*/}"
    cat "$file"
  done > irqs.txt
fi
echo "trace.dat, interrupts.txt$([ -e irqs.txt ] && echo , irqs.txt)"
