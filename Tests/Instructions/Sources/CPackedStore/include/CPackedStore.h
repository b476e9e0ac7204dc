#pragma once

#include <stddef.h>
#include <stdint.h>

// The core of the default LPI store in C: the same pages, queues and tables, for what is counted only.

typedef struct {
  uint32_t device, event, intid, pe;
} packed_lpi;

typedef struct packed_store packed_store;

packed_store *packed_create(void);
void packed_destroy(packed_store *store);
void packed_set_record(packed_store *store, uint32_t intid, uint64_t bits);
void packed_map_device(packed_store *store, uint32_t device, uint32_t events);
void packed_map(packed_store *store, packed_lpi lpi);

// The operations that are counted. Each returns a number that depends on every answer.
uint64_t packed_lookup(const packed_store *store, const uint32_t *intids, size_t count);
uint64_t packed_churn(packed_store *store, const uint32_t *intids, size_t count, uint64_t bits);
uint64_t packed_immediate(packed_store *store, const packed_lpi *lpis, size_t count);
uint64_t packed_burst(packed_store *store, const packed_lpi *lpis, size_t count, size_t size);
