#include "CStreams.h"

#include <string.h>

// Baseline x86-64 has no 32-bit vector multiply; AVX2 machines, found at load time, have. Elsewhere the compiler's
// baseline will do.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define FOR_SEVERAL_MACHINES __attribute__((target_clones("avx2", "default")))
#else
#define FOR_SEVERAL_MACHINES
#endif

typedef uint32_t lanes __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) lanes add_stripe(lanes state, const uint8_t *stripe) {
  lanes input;
  memcpy(&input, stripe, sizeof input);
  state += input * 0x85EBCA77u;
  state = state << 13 | state >> 19;
  return state * 0x9E3779B1u;
}

FOR_SEVERAL_MACHINES
void gicscope_xxh32_add_stripes(uint32_t states[4][4], const uint8_t *const places[4], size_t stripes) {
  lanes a, b, c, d;
  memcpy(&a, states[0], sizeof a);
  memcpy(&b, states[1], sizeof b);
  memcpy(&c, states[2], sizeof c);
  memcpy(&d, states[3], sizeof d);
  for (size_t at = 0; at < 16 * stripes; at += 16) {
    a = add_stripe(a, places[0] + at);
    b = add_stripe(b, places[1] + at);
    c = add_stripe(c, places[2] + at);
    d = add_stripe(d, places[3] + at);
  }
  memcpy(states[0], &a, sizeof a);
  memcpy(states[1], &b, sizeof b);
  memcpy(states[2], &c, sizeof c);
  memcpy(states[3], &d, sizeof d);
}
