#include <map>
#include <set>

#include "PeerTemplate.hpp"
#include "Peers.hpp"

namespace {

struct Records : MapRecords<std::map<uint32_t, uint64_t>> {
  uint32_t next(uint32_t first) const {
    auto found = map.lower_bound(first);
    return found == map.end() ? UINT32_MAX : found->first;
  }
};

using Standard = Peer<Records, SetKeys<std::set<uint32_t>>, MapRecords<std::map<uint64_t, uint64_t>>>;

}  // namespace

extern const lpi_peer peer_standard = Standard::table("std-map");
