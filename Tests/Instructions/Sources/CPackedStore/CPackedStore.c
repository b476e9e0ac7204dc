#define _GNU_SOURCE
#include "CPackedStore.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// MARK: Records (RecordPage, RecordDirectory)

enum { dense_header = 40, sparse_limit = 6, first_lpi = 8192, pe_limit = 1 << 16 };

static const uint32_t intid_limit = 1u << 24;
static const uint64_t placed_bit = 1ull << 9, several_bit = 1ull << 10, known_bit = 1ull << 8;
static const uint64_t place_fields = 3ull << 9 | 0xFFFFull << 40;
static const uint64_t caller_fields = ~(3ull << 9 | 0xFFFFull << 40) & ~0xF000ull | 1ull << 11;

typedef uintptr_t page;

static inline uint8_t *base_of(page p) { return (uint8_t *)(p & ~(uintptr_t)3); }
static inline bool is_sparse(page p) { return !(p & 1); }
static inline uint64_t *records_of(page p) { return (uint64_t *)(base_of(p) + (is_sparse(p) ? 8 : dense_header)); }
static inline uint16_t get16(const uint8_t *at) { uint16_t v; memcpy(&v, at, 2); return v; }
static inline void put16(uint8_t *at, uint16_t v) { memcpy(at, &v, 2); }

static inline size_t count_of(page p) { return is_sparse(p) ? base_of(p)[1] : get16(base_of(p) + 38); }
static inline size_t capacity_of(page p) { return is_sparse(p) ? base_of(p)[0] : get16(base_of(p) + 36); }
static size_t byte_size(bool sparse, size_t capacity) { return (sparse ? 8 : dense_header) + capacity * 8; }

static inline uint64_t *page_slot(page p, uint8_t low) {
  if (p & 2) return (uint64_t *)(base_of(p) + dense_header) + low;
  if (p & 1) {
    const uint8_t *b = base_of(p);
    uint64_t map = ((const uint64_t *)b)[low >> 6], bit = 1ull << (low & 63);
    if (!(map & bit)) return NULL;
    return (uint64_t *)(b + dense_header) + b[32 + (low >> 6)] + __builtin_popcountll(map & (bit - 1));
  }
  if (!p) return NULL;
  uint64_t header = *(const uint64_t *)p;
  uint64_t difference = (header >> 16) ^ low * 0x010101010101ull;
  uint64_t zero = (difference - 0x010101010101ull) & ~difference & 0x808080808080ull;
  size_t index = zero ? (size_t)__builtin_ctzll(zero) >> 3 : 8;
  if (index >= (header >> 8 & 0xFF)) return NULL;
  return (uint64_t *)(p + 8) + index;
}

static void resize(page *p, bool sparse, size_t capacity) {
  uint8_t *b = realloc(base_of(*p), byte_size(sparse, capacity));
  if (sparse) b[0] = capacity; else put16(b + 36, capacity);
  *p = (page)b | (sparse ? 0 : 1);
}

static size_t grown(size_t capacity) {
  size_t more = capacity / 8 > 2 ? capacity / 8 : 2;
  size_t size = (capacity + more + 1) & ~(size_t)1;
  return size < 256 ? size : 256;
}

static void make_dense(page *p, size_t capacity) {
  uint8_t *old = base_of(*p), *b = malloc(byte_size(false, capacity));
  size_t count = count_of(*p);
  memset(b, 0, dense_header);
  for (size_t i = 0; i < count; i++) {
    uint8_t low = old[2 + i];
    ((uint64_t *)b)[low >> 6] |= 1ull << (low & 63);
    for (int w = (low >> 6) + 1; w < 4; w++) b[32 + w]++;
  }
  memcpy(b + dense_header, old + 8, count * 8);
  put16(b + 36, capacity);
  put16(b + 38, count);
  free(old);
  *p = (page)b | 1;
}

static uint64_t *page_insert(page *p, uint8_t low) {
  if (!*p) {
    uint8_t *b = malloc(byte_size(true, 2));
    *(uint64_t *)b = 2;
    *p = (page)b;
  }
  size_t count = count_of(*p);
  if (is_sparse(*p)) {
    if (count < sparse_limit) {
      if (count == capacity_of(*p)) resize(p, true, count + 2);
      uint8_t *lows = base_of(*p) + 2;
      uint64_t *records = records_of(*p);
      size_t i = count;
      for (; i > 0 && lows[i - 1] > low; i--) {
        lows[i] = lows[i - 1];
        records[i] = records[i - 1];
      }
      lows[i] = low;
      records[i] = 0;
      base_of(*p)[1] = count + 1;
      return records + i;
    }
    make_dense(p, 10);
  }
  if (count == capacity_of(*p)) resize(p, false, grown(count));
  uint8_t *b = base_of(*p);
  uint64_t *map = (uint64_t *)b + (low >> 6), bit = 1ull << (low & 63);
  size_t rank = b[32 + (low >> 6)] + __builtin_popcountll(*map & (bit - 1));
  *map |= bit;
  *(uint32_t *)(b + 32) += 0x01010100u << (low >> 6) * 8;
  uint64_t *slot = records_of(*p) + rank;
  memmove(slot + 1, slot, (count - rank) * 8);
  *slot = 0;
  put16(b + 38, count + 1);
  if (count == 255) *p |= 3;
  return slot;
}

static void make_sparse(page *p) {
  uint8_t *old = base_of(*p), *b = malloc(byte_size(true, sparse_limit));
  size_t count = count_of(*p), i = 0;
  *(uint64_t *)b = sparse_limit | count << 8;
  for (int w = 0; w < 4; w++)
    for (uint64_t map = ((uint64_t *)old)[w]; map; map &= map - 1) {
      b[2 + i] = w * 64 + __builtin_ctzll(map);
      ((uint64_t *)(b + 8))[i] = ((uint64_t *)(old + dense_header))[i];
      i++;
    }
  free(old);
  *p = (page)b;
}

static void page_remove(page *p, uint8_t low, uint64_t *slot) {
  size_t left = count_of(*p) - 1, rank = slot - records_of(*p);
  memmove(slot, slot + 1, (left - rank) * 8);
  uint8_t *b = base_of(*p);
  if (is_sparse(*p)) {
    memmove(b + 2 + rank, b + 3 + rank, left - rank);
    b[1] = left;
    if (left == 0) {
      free(b);
      *p = 0;
    } else if (left + 4 <= capacity_of(*p)) {
      resize(p, true, 2);
    }
    return;
  }
  ((uint64_t *)b)[low >> 6] &= ~(1ull << (low & 63));
  *(uint32_t *)(b + 32) -= 0x01010100u << (low >> 6) * 8;
  put16(b + 38, left);
  *p &= ~(page)2;
  if (left <= 4) make_sparse(p);
  else if (left + (left / 2 > 8 ? left / 2 : 8) < capacity_of(*p)) resize(p, false, grown(left));
}

// MARK: Pending (PendingQueue, without its tree)

typedef struct {
  uint32_t hot_complement, count, unknown;
  uint8_t head, length, capacity, is_tree;
  uint32_t *storage;
  uint64_t reserved;
} queue;

static inline uint32_t *keys_of(queue *q) { return q->storage + q->head; }

static size_t lower_bound(const uint32_t *keys, uint32_t key, size_t count) {
  size_t low = 0, size = count;
  while (size > 1) {
    size_t half = size / 2;
    low = keys[low + half - 1] < key ? low + half : low;
    size -= half;
  }
  return size == 1 && keys[low] < key ? low + 1 : low;
}

static bool insert_behind(queue *q, uint32_t key) {
  size_t index = q->length;
  if (index > 0 && keys_of(q)[index - 1] >= key) {
    index = lower_bound(keys_of(q), key, q->length);
    if (keys_of(q)[index] == key) return false;
  }
  if (q->head + q->length == q->capacity) {
    if (q->head > 0 && (q->length == 0 || q->head >= q->capacity / 4)) {
      memmove(q->storage, keys_of(q), q->length * 4);
      q->head = 0;
    } else {
      // The tree is not part of what is counted.
      if (q->capacity >= 126) abort();
      size_t more = q->capacity == 0 ? 6 : q->capacity * 2 + 2;
      if (more > 126) more = 126;
      q->storage = realloc(q->storage, more * 4);
      q->capacity = more;
    }
  }
  uint32_t *keys = keys_of(q);
  if (index < q->length / 2 && q->head > 0) {
    memmove(keys - 1, keys, index * 4);
    q->head--;
    keys[index - 1] = key;
  } else {
    memmove(keys + index + 1, keys + index, (q->length - index) * 4);
    keys[index] = key;
  }
  q->length++;
  return true;
}

static __attribute__((noinline)) bool insert_another(queue *q, uint32_t key) {
  uint32_t first = ~q->hot_complement;
  if (key == first) return false;
  uint32_t behind = key > first ? key : first;
  if (q->head + q->length < q->capacity && (q->length == 0 || behind > keys_of(q)[q->length - 1])) {
    keys_of(q)[q->length++] = behind;
  } else if (!insert_behind(q, behind)) {
    return false;
  }
  q->hot_complement = ~(key < first ? key : first);
  q->count++;
  return true;
}

static inline bool queue_insert(queue *q, uint32_t key) {
  if (q->count) return insert_another(q, key);
  q->hot_complement = ~key;
  q->count = 1;
  return true;
}

static __attribute__((noinline)) uint32_t take_first_behind(queue *q) {
  uint32_t first = keys_of(q)[0];
  q->head++;
  if (--q->length == 0) {
    q->head = 0;
    if (q->capacity > 62) {
      free(q->storage);
      q->storage = NULL;
      q->capacity = 0;
    }
  }
  return first;
}

static inline void remove_hot(queue *q) {
  if (--q->count == 0) {
    q->hot_complement = 0;
  } else if (q->length > 1) {
    q->hot_complement = ~keys_of(q)[0];
    q->head++;
    q->length--;
  } else {
    q->hot_complement = ~take_first_behind(q);
  }
}

// MARK: Translations (PackedTranslationStore, dense devices)

typedef struct {
  uint32_t device;
  uint16_t capacity;
  uint8_t tag, flags;
  uint64_t *table;
} device_slot;

struct packed_store {
  page *pages;
  uint32_t readable;
  queue *queues;
  device_slot *slots;
  size_t slot_mask, devices;
  device_slot *last;
};

static void *reserve(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) abort();
  return memory;
}

packed_store *packed_create(void) {
  packed_store *s = calloc(1, sizeof *s);
  s->pages = reserve(intid_limit / 256 * sizeof(page));
  s->readable = intid_limit;
  s->queues = reserve(pe_limit * sizeof(queue));
  s->slot_mask = 7;
  s->slots = calloc(8, sizeof(device_slot));
  s->last = s->slots;
  return s;
}

void packed_destroy(packed_store *s) {
  for (size_t i = 0; i < intid_limit / 256; i++) if (s->pages[i]) free(base_of(s->pages[i]));
  for (size_t i = 0; i < pe_limit; i++) free(s->queues[i].storage);
  for (size_t i = 0; i <= s->slot_mask; i++) free(s->slots[i].table);
  munmap(s->pages, intid_limit / 256 * sizeof(page));
  munmap(s->queues, pe_limit * sizeof(queue));
  free(s->slots);
  free(s);
}

static inline device_slot *find(const packed_store *s, uint32_t device) {
  uint64_t hash = (uint64_t)(device >> 3) * 0x9E3779B97F4A7C15ull;
  hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93ull;
  size_t i = ((hash >> 32) & s->slot_mask & ~7ull) | ((device + (hash >> 61)) & 7);
  while (s->slots[i].device != device && s->slots[i].tag) i = (i + 9) & s->slot_mask;
  return s->slots + i;
}

void packed_map_device(packed_store *s, uint32_t device, uint32_t events) {
  if ((s->devices + 1) * 8 > (s->slot_mask + 1) * 5) {
    device_slot *old = s->slots;
    size_t count = s->slot_mask + 1;
    s->slot_mask = count * 2 - 1;
    s->slots = calloc(count * 2, sizeof(device_slot));
    for (size_t i = 0; i < count; i++) if (old[i].tag) *find(s, old[i].device) = old[i];
    free(old);
    s->last = s->slots;
  }
  *find(s, device) = (device_slot){device, events | 1, 6, 0, calloc(events | 1, 8)};
  s->devices++;
}

void packed_map(packed_store *s, packed_lpi lpi) {
  find(s, lpi.device)->table[lpi.event] = lpi.intid | (uint64_t)lpi.pe << 24 | 3ull << 40;
}

static inline uint64_t translate(packed_store *s, uint32_t device, uint32_t event) {
  if (s->last->device != device || event >= s->last->capacity) s->last = find(s, device);
  return event < s->last->capacity ? s->last->table[event] : 0;
}

// MARK: The operations

static inline uint64_t *slot_of(const packed_store *s, uint32_t intid) {
  return intid < s->readable ? page_slot(s->pages[intid >> 8], intid) : NULL;
}

void packed_set_record(packed_store *s, uint32_t intid, uint64_t bits) {
  uint64_t *slot = slot_of(s, intid);
  if (!slot) slot = page_insert(s->pages + (intid >> 8), intid);
  *slot = bits;
}

static inline uint32_t key_of(uint32_t intid, uint64_t bits) {
  uint32_t level = (bits & (known_bit | 1)) == (known_bit | 1) ? bits >> 2 & 63 : bits & known_bit ? 65 : 64;
  return level << 24 | intid;
}

static __attribute__((noinline)) void set_pending_slowly(packed_store *s, uint32_t intid, uint32_t pe) {
  if (intid < first_lpi || intid >= intid_limit || pe >= pe_limit) return;
  uint64_t *slot = slot_of(s, intid);
  if (!slot) slot = page_insert(s->pages + (intid >> 8), intid);
  *slot = (*slot & ~place_fields) | placed_bit | (uint64_t)pe << 40;
  queue_insert(s->queues + pe, key_of(intid, *slot));
}

static inline void set_pending(packed_store *s, uint32_t intid, uint32_t pe) {
  uint64_t *slot = slot_of(s, intid);
  if (slot && pe < pe_limit) {
    uint64_t wanted = known_bit | 1 | placed_bit | (uint64_t)pe << 40;
    if ((*slot & (known_bit | 1 | place_fields)) == wanted) {
      queue_insert(s->queues + pe, ((uint32_t)*slot & 0xFC) << 22 | intid);
      return;
    }
  }
  set_pending_slowly(s, intid, pe);
}

static inline uint32_t inject(packed_store *s, packed_lpi lpi) {
  uint64_t entry = translate(s, lpi.device, lpi.event);
  if (!(entry >> 40 & 1)) return 0;
  uint32_t pe = entry >> 24 & 0xFFFF;
  set_pending(s, entry & 0xFFFFFF, pe);
  return pe;
}

static inline uint32_t acknowledge(packed_store *s, uint32_t pe) {
  if (pe >= pe_limit) return 0;
  queue *q = s->queues + pe;
  uint32_t key = ~q->hot_complement;
  if (key >= 64u << 24) return 0;
  remove_hot(q);
  return key & 0xFFFFFF;
}

uint64_t packed_lookup(const packed_store *s, const uint32_t *intids, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t *slot = slot_of(s, intids[i]);
    if (slot) sum += *slot & caller_fields;
  }
  return sum;
}

uint64_t packed_churn(packed_store *s, const uint32_t *intids, size_t count, uint64_t bits) {
  uint64_t removed = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t *slot = slot_of(s, intids[i]);
    if (slot && !(*slot & (placed_bit | several_bit))) {
      page_remove(s->pages + (intids[i] >> 8), intids[i], slot);
      removed++;
    }
    packed_set_record(s, intids[i], bits);
  }
  return removed;
}

uint64_t packed_immediate(packed_store *s, const packed_lpi *lpis, size_t count) {
  uint64_t check = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t taken = acknowledge(s, inject(s, lpis[i]));
    if (taken) check = check * 3 + taken;
  }
  return check;
}

uint64_t packed_burst(packed_store *s, const packed_lpi *lpis, size_t count, size_t size) {
  uint64_t check = 0;
  for (size_t first = 0; first < count; first += size) {
    size_t end = first + size < count ? first + size : count;
    for (size_t i = first; i < end; i++) inject(s, lpis[i]);
    for (size_t i = first; i < end; i++)
      for (uint32_t taken; (taken = acknowledge(s, lpis[i].pe));) check = check * 3 + taken;
  }
  return check;
}
