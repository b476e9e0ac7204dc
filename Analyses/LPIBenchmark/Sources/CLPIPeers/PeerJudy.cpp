#include <Judy.h>

#include "PeerTemplate.hpp"
#include "Peers.hpp"

namespace {

/// JudyL: a radix tree whose nodes change shape with their population.
struct Map {
  Pvoid_t array = nullptr;

  ~Map() { JudyLFreeArray(&array, PJE0); }

  uint64_t get(uint64_t key) const {
    PPvoid_t value = JudyLGet(array, key, PJE0);
    return value ? *reinterpret_cast<Word_t *>(value) : 0;
  }

  void set(uint64_t key, uint64_t bits) {
    if (bits) *reinterpret_cast<Word_t *>(JudyLIns(&array, key, PJE0)) = bits;
    else JudyLDel(&array, key, PJE0);
  }

  uint32_t next(uint32_t first) const {
    Word_t key = first;
    return JudyLFirst(array, &key, PJE0) ? uint32_t(key) : UINT32_MAX;
  }

  size_t count() const { return JudyLCount(array, 0, -1, PJE0); }
};

/// Judy1: the same for a set.
struct Keys {
  Pvoid_t array = nullptr;

  ~Keys() { Judy1FreeArray(&array, PJE0); }

  bool insert(uint32_t key) { return Judy1Set(&array, key, PJE0) == 1; }
  bool remove(uint32_t key) { return Judy1Unset(&array, key, PJE0) == 1; }
  bool contains(uint32_t key) const { return Judy1Test(array, key, PJE0) == 1; }
  uint32_t next(uint32_t first) const {
    Word_t key = first;
    return Judy1First(array, &key, PJE0) == 1 ? uint32_t(key) : UINT32_MAX;
  }
  size_t count() const { return Judy1Count(array, 0, -1, PJE0); }
};

}  // namespace

extern const lpi_peer peer_judy = Peer<Map, Keys, Map>::table("judy");
