#!/bin/sh
# How recordings end on a host: every way once, beside the guest whose process is $1. For each it prints the exit status, how
# many probes the kernel keeps, and what is in the folder.
#
#   ROUNDS=400 host.sh run RELEASE DIR GICSCOPE ends.sh
guest=$1
cd /tmp

# try NAME [OPTION…]: a recording that something else ends; `meanwhile` is what.
try() {
  name=$1
  shift
  folder=${folder:-/tmp/recording/$name}
  mkdir -p "${folder%/*}" /tmp/recording
  rm -f words
  # A program that begins in the background ignores SIGINT: this one does not.
  ( until grep -q 'Ctrl-C\|[Rr]ecording' words 2> /dev/null; do sleep 1; done; sleep "${pause:-5}"; meanwhile ) &
  sh -c 'echo $$ > pid; exec gicscope record "$@"' record -o "$folder" "$@" > words 2>&1 < /dev/null
  status=$?
  wait $!
  echo "== $name: exit status $status, probes left $(wc -l < /sys/kernel/tracing/kprobe_events)"
  sed 's/^/   /' words
  ls -l "$folder" | awk 'NR > 1 {printf "   %s %s\n", $5, $9}'
  folder='' pause=''
}

meanwhile() { :; }
try command -- sleep 5
try seconds --seconds 5
meanwhile() { kill -INT "$(cat pid)"; }
try interrupt
meanwhile() { kill -TERM "$(cat pid)"; }
try terminate
meanwhile() { kill -HUP "$(cat pid)"; }
try hang-up
meanwhile() { kill -INT "$(cat pid)"; }
try process --pid "$guest"
meanwhile() { killall -9 trace-cmd; }
try killed-tracer
mkdir -p /tmp/small && mount -t tmpfs -o size=3m small /tmp/small
meanwhile() { kill -INT "$(cat pid)"; }
folder=/tmp/small/full pause=15
try full-disk
mv /tmp/small/full /tmp/recording/full-disk; umount /tmp/small
meanwhile() { kill -9 "$(cat pid)"; }
try killed
killall trace-cmd; sleep 2
gicscope record --remove
echo "== remove: exit status $?, probes left $(wc -l < /sys/kernel/tracing/kprobe_events)"

# The report while it grows, and all of it at the end.
meanwhile() { kill -INT "$(cat pid)"; }
rm -f words
( until grep -q shown words 2> /dev/null; do sleep 1; done; sleep "${LIVE:-90}"; meanwhile ) &
sh -c 'echo $$ > pid; exec gicscope record --live' > /tmp/recording/live.txt 2> words < /dev/null
echo "== live: exit status $?, probes left $(wc -l < /sys/kernel/tracing/kprobe_events)"
sed 's/^/   /' words
sed -n '/^problem/,/^Findings/p' /tmp/recording/live.txt
