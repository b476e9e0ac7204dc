#pragma once

#include <climits>
#include <cstdint>
#include <memory>
#include <vector>

#include "CLPIPeers.h"

/// A store from a map of records, an ordered set of keys per PE, and a map of translations.
template <class Records, class Keys, class Translations>
struct Peer {
  Records records;
  std::vector<std::unique_ptr<Keys>> queues;

  static constexpr uint64_t place_fields = 3ull << 9 | 0xFFFFull << 40;
  static constexpr uint32_t first_ineligible = 64u << 24;

  static uint32_t key(uint32_t intid, uint64_t bits) {
    uint32_t level = (bits & 0x101) == 0x101 ? bits >> 2 & 63 : bits & 0x100 ? 65 : 64;
    return level << 24 | intid;
  }

  static const Peer &of(const void *store) { return *static_cast<const Peer *>(store); }
  static Peer &of(void *store) { return *static_cast<Peer *>(store); }

  const Keys *queue(uint32_t pe) const { return pe < queues.size() ? queues[pe].get() : nullptr; }
  Keys *queue(uint32_t pe) { return pe < queues.size() ? queues[pe].get() : nullptr; }

  Keys &make_queue(uint32_t pe) {
    if (pe >= queues.size()) queues.resize(pe + 1);
    if (!queues[pe]) queues[pe] = std::make_unique<Keys>();
    return *queues[pe];
  }

  static void *create() { return new Peer; }
  static void destroy(void *store) { delete &of(store); }
  static uint64_t record(const void *store, uint32_t intid) { return of(store).records.get(intid); }
  static void set_record(void *store, uint32_t intid, uint64_t bits) { of(store).records.set(intid, bits); }
  static uint32_t next_record(const void *store, uint32_t first) { return of(store).records.next(first); }
  static size_t record_count(const void *store) { return of(store).records.count(); }

  static int inject(void *store, uint32_t intid, uint32_t pe) {
    Peer &peer = of(store);
    uint64_t bits = peer.records.get(intid);
    if ((bits & place_fields) != (1ull << 9 | uint64_t(pe) << 40)) return -1;
    return peer.make_queue(pe).insert(key(intid, bits));
  }

  static bool insert(void *store, uint32_t key, uint32_t pe) { return of(store).make_queue(pe).insert(key); }

  static bool remove(void *store, uint32_t key, uint32_t pe) {
    Keys *queue = of(store).queue(pe);
    return queue && queue->remove(key);
  }

  static bool contains(const void *store, uint32_t key, uint32_t pe) {
    const Keys *queue = of(store).queue(pe);
    return queue && queue->contains(key);
  }

  static uint32_t first(const void *store, uint32_t pe) {
    const Keys *queue = of(store).queue(pe);
    return queue ? queue->next(0) : UINT32_MAX;
  }

  static uint32_t acknowledge(void *store, uint32_t pe) {
    Keys *queue = of(store).queue(pe);
    if (!queue) return UINT32_MAX;
    uint32_t key = queue->next(0);
    if (key >= first_ineligible) return UINT32_MAX;
    queue->remove(key);
    return key;
  }

  static uint32_t next_key(const void *store, uint32_t pe, uint32_t first) {
    const Keys *queue = of(store).queue(pe);
    return queue ? queue->next(first) : UINT32_MAX;
  }

  static size_t pending_count(const void *store, uint32_t pe) {
    const Keys *queue = of(store).queue(pe);
    return queue ? queue->count() : 0;
  }

  static void *create_translations() { return new Translations; }
  static void destroy_translations(void *t) { delete static_cast<Translations *>(t); }
  static uint64_t translation(const void *t, uint64_t key) { return static_cast<const Translations *>(t)->get(key); }
  static void set_translation(void *t, uint64_t key, uint64_t bits) { static_cast<Translations *>(t)->set(key, bits); }

  static constexpr lpi_peer table(const char *name) {
    return lpi_peer{
      name,  create, destroy, record, set_record,  next_record, record_count,  inject,
      insert, remove, contains, first, acknowledge, next_key, pending_count, create_translations,
      destroy_translations, translation, set_translation};
  }
};

/// A standard map or one with its interface.
template <class Map>
struct MapRecords {
  Map map;

  uint64_t get(typename Map::key_type key) const {
    auto found = map.find(key);
    return found == map.end() ? 0 : found->second;
  }

  void set(typename Map::key_type key, uint64_t bits) {
    if (bits) map[key] = bits; else map.erase(key);
  }

  size_t count() const { return map.size(); }
};

/// A standard set or one with its interface.
template <class Set>
struct SetKeys {
  Set set;

  bool insert(uint32_t key) { return set.insert(key).second; }
  bool remove(uint32_t key) { return set.erase(key) != 0; }
  bool contains(uint32_t key) const { return set.find(key) != set.end(); }
  uint32_t next(uint32_t first) const {
    auto found = first == 0 ? set.begin() : set.lower_bound(first);
    return found == set.end() ? UINT32_MAX : *found;
  }
  size_t count() const { return set.size(); }
};
