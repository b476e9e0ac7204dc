#include "Peers.hpp"

extern "C" const lpi_peer *lpi_peer_at(size_t number) {
  static const lpi_peer *const peers[] = {&peer_judy, &peer_roaring, &peer_absl, &peer_standard};
  return peers[number & 3];
}
