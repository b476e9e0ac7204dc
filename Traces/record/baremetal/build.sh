#!/usr/bin/env bash
# build.sh OUT SOURCE [-D...]: compiles one of the programs here. Needs Debian's gcc-aarch64-linux-gnu.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1 source=$2
shift 2
load=0x40100000 cluster=4
for option; do
  case $option in
  -DPLATFORM_SBSA) load=0x10000100000 cluster=3 ;;
  -DPLATFORM_VERSAL) load=0x00100000 cluster=8 ;;
  -DCLUSTER_SHIFT=*) cluster=${option#*=} ;;
  esac
done
mkdir -p "$(dirname "$out")"
aarch64-linux-gnu-gcc -O2 -g -Wall -ffreestanding -nostdlib -static -fno-pic -no-pie -mgeneral-regs-only \
  -mstrict-align -mno-outline-atomics -fno-tree-loop-distribute-patterns -mcmodel=large -march=armv8-a \
  -DCLUSTER_SHIFT="$cluster" "$@" \
  -Wl,--defsym=LOAD_ADDRESS="$load" -Wl,-T,"$here/link.ld" -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
  -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -o "$out" "$here/start.S" "$here/console.c" "$here/$source"
