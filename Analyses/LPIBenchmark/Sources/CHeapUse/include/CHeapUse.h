#pragma once

#include <stddef.h>

/// Bytes that malloc has given out and not got back, to whatever language asked.
size_t gicscope_heap_use(void);
