#define _GNU_SOURCE
#include "CStreams.h"

FILE *gicscope_open_reader(void *context, gicscope_read_fn read) {
  cookie_io_functions_t io = {.read = read, .write = NULL, .seek = NULL, .close = NULL};
  return fopencookie(context, "r", io);
}
