#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A store built on a library's containers: records by INTID, pending keys by PE.
///
/// A key is the level (priority / 4 if eligible, 64 if unknown, 65 if disabled) in bits 31:24 and the INTID below.
/// `place` is the fields of a record that remember where its LPI was made pending.
struct lpi_peer {
  const char *_Nonnull name;
  void *_Nonnull (*_Nonnull create)(void);
  void (*_Nonnull destroy)(void *_Nonnull store);
  /// The bits of an INTID, 0 if there are none.
  uint64_t (*_Nonnull record)(const void *_Nonnull store, uint32_t intid);
  /// Replaces the bits; 0 removes.
  void (*_Nonnull set_record)(void *_Nonnull store, uint32_t intid, uint64_t bits);
  /// The lowest INTID from `first` up that has bits; UINT32_MAX if there is none.
  uint32_t (*_Nonnull next_record)(const void *_Nonnull store, uint32_t first);
  size_t (*_Nonnull record_count)(const void *_Nonnull store);
  /// Adds the key of an INTID whose place is `pe` already. 1 added, 0 there already, -1 the place is another.
  int (*_Nonnull inject)(void *_Nonnull store, uint32_t intid, uint32_t pe);
  bool (*_Nonnull insert)(void *_Nonnull store, uint32_t key, uint32_t pe);
  bool (*_Nonnull remove)(void *_Nonnull store, uint32_t key, uint32_t pe);
  bool (*_Nonnull contains)(const void *_Nonnull store, uint32_t key, uint32_t pe);
  /// The lowest key; UINT32_MAX if there is none.
  uint32_t (*_Nonnull first)(const void *_Nonnull store, uint32_t pe);
  /// Takes out the lowest key if it is eligible and returns it; else UINT32_MAX.
  uint32_t (*_Nonnull acknowledge)(void *_Nonnull store, uint32_t pe);
  /// The lowest key from `first` up; UINT32_MAX if there is none.
  uint32_t (*_Nonnull next_key)(const void *_Nonnull store, uint32_t pe, uint32_t first);
  size_t (*_Nonnull pending_count)(const void *_Nonnull store, uint32_t pe);
  /// (DeviceID << 16 | EventID) to an entry's bits.
  void *_Nonnull (*_Nonnull create_translations)(void);
  void (*_Nonnull destroy_translations)(void *_Nonnull translations);
  uint64_t (*_Nonnull translation)(const void *_Nonnull translations, uint64_t key);
  void (*_Nonnull set_translation)(void *_Nonnull translations, uint64_t key, uint64_t bits);
};

/// Number 0: JudyL and Judy1; 1: CRoaring; 2: absl's flat_hash_map and btree_set; 3: std::map and std::set.
const struct lpi_peer *_Nonnull lpi_peer_at(size_t number);

#ifdef __cplusplus
}
#endif
