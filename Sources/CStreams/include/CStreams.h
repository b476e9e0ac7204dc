#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/// Reads up to `size` bytes into `buffer`; 0 at the end, -1 on error.
typedef ssize_t (*gicscope_read_fn)(void *context, char *buffer, size_t size);

/// A read-only, unseekable `FILE *` whose bytes come from `read`. NULL when out of memory.
FILE *gicscope_open_reader(void *context, gicscope_read_fn read);

/// Adds `stripes` stripes of 16 bytes to each of four XXH32 states, from four places at once.
///
/// One XXH32 mostly waits for its own multiplications; four side by side take little longer than one. Little-endian
/// machines only.
void gicscope_xxh32_add_stripes(uint32_t states[4][4], const uint8_t *const places[4], size_t stripes);
