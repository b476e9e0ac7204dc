#!/usr/bin/env bash
# The same as tracepoints.sh with perf, on an arm64 host, as root: perf.data and its text, perf.txt, which gicscope reads.
#
#   perf.sh [SECONDS]          all guests, for some seconds (10)
#
# One clock (-k mono), nanoseconds (--ns), threads with their processes (-F +pid), lost samples with their place. Without
# --guestmount perf leaves out what happened while a CPU was in a guest.
set -euo pipefail

perf record -a -k mono -m "${BUFFER:-4096}" -e 'kvm:*' -e 'irq:*' -e 'ipi:*' -e sched:sched_switch -e sched:sched_wakeup \
  -o perf.data sleep "${1:-10}"
perf script --header -i perf.data --ns --guestmount / --show-lost-events -F comm,pid,tid,cpu,time,event,trace > perf.txt
cp /proc/interrupts interrupts.txt
echo "perf.data, perf.txt, interrupts.txt"
