#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/// Reads up to `size` bytes into `buffer`; 0 at the end, -1 on error.
typedef ssize_t (*gicscope_read_fn)(void *context, char *buffer, size_t size);

/// A read-only, unseekable `FILE *` whose bytes come from `read`. NULL when out of memory.
FILE *gicscope_open_reader(void *context, gicscope_read_fn read);
