// What the random programs draw their numbers from: a xorshift* generator for each processor, seeded by the options.
#ifndef RANDOM_H
#define RANDOM_H

#include "platform.h"

static u64 state[CPU_LIMIT];

static u64 next(u32 cpu) {
  u64 x = state[cpu];
  x ^= x >> 12; x ^= x << 25; x ^= x >> 27;
  state[cpu] = x;
  return x * 2685821657736338717ul >> 11;
}
static u32 below(u32 cpu, u32 n) { return next(cpu) % n; }
static int chance(u32 cpu, u32 n) { return below(cpu, n) == 0; }

#endif
