#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "PeerTemplate.hpp"
#include "Peers.hpp"

namespace {

struct Records : MapRecords<absl::flat_hash_map<uint32_t, uint64_t>> {
  // The map has no order: what walks it pays for sorting, once per change.
  mutable std::vector<uint32_t> sorted;

  void set(uint32_t key, uint64_t bits) {
    if (!sorted.empty()) sorted = {};
    MapRecords::set(key, bits);
  }

  uint32_t next(uint32_t first) const {
    if (sorted.empty()) {
      for (auto &entry : map) sorted.push_back(entry.first);
      std::sort(sorted.begin(), sorted.end());
    }
    auto found = std::lower_bound(sorted.begin(), sorted.end(), first);
    return found == sorted.end() ? UINT32_MAX : *found;
  }
};

using Absl =
  Peer<Records, SetKeys<absl::btree_set<uint32_t>>, MapRecords<absl::flat_hash_map<uint64_t, uint64_t>>>;

}  // namespace

extern const lpi_peer peer_absl = Absl::table("absl");
