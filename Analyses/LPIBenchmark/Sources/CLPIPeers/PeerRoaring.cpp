#include <roaring/roaring.h>

#include <absl/container/flat_hash_map.h>

#include "PeerTemplate.hpp"
#include "Peers.hpp"

namespace {

/// Roaring is a set: the records are in pages of 4096 beside it.
struct Records {
  std::unique_ptr<uint64_t[]> pages[4096];
  size_t records = 0;

  uint64_t get(uint32_t intid) const {
    auto &page = pages[intid >> 12 & 4095];
    return page ? page[intid & 4095] : 0;
  }

  void set(uint32_t intid, uint64_t bits) {
    auto &page = pages[intid >> 12 & 4095];
    if (!page) {
      if (!bits) return;
      page.reset(new uint64_t[4096]());
    }
    records += (bits != 0) - (page[intid & 4095] != 0);
    page[intid & 4095] = bits;
  }

  uint32_t next(uint32_t first) const {
    for (uint32_t intid = first; intid < 1u << 24; intid++) {
      if (!pages[intid >> 12]) intid |= 4095;
      else if (pages[intid >> 12][intid & 4095]) return intid;
    }
    return UINT32_MAX;
  }

  size_t count() const { return records; }
};

struct Keys {
  roaring_bitmap_t *bitmap = roaring_bitmap_create();

  ~Keys() { roaring_bitmap_free(bitmap); }

  bool insert(uint32_t key) { return roaring_bitmap_add_checked(bitmap, key); }
  bool remove(uint32_t key) { return roaring_bitmap_remove_checked(bitmap, key); }
  bool contains(uint32_t key) const { return roaring_bitmap_contains(bitmap, key); }
  uint32_t next(uint32_t first) const {
    if (first == 0) return roaring_bitmap_minimum(bitmap);
    uint64_t below = roaring_bitmap_rank(bitmap, first - 1);
    uint32_t key;
    return roaring_bitmap_select(bitmap, uint32_t(below), &key) ? key : UINT32_MAX;
  }
  size_t count() const { return roaring_bitmap_get_cardinality(bitmap); }
};

/// A dense table per device.
struct Translations {
  absl::flat_hash_map<uint32_t, std::vector<uint64_t>> devices;

  uint64_t get(uint64_t key) const {
    auto found = devices.find(uint32_t(key >> 16));
    uint32_t event = key & 0xFFFF;
    return found == devices.end() || event >= found->second.size() ? 0 : found->second[event];
  }

  void set(uint64_t key, uint64_t bits) {
    auto &table = devices[uint32_t(key >> 16)];
    uint32_t event = key & 0xFFFF;
    if (event >= table.size()) table.resize(event + 1);
    table[event] = bits;
  }
};

}  // namespace

extern const lpi_peer peer_roaring = Peer<Records, Keys, Translations>::table("roaring");
