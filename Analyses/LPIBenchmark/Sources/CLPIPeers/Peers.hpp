#pragma once

#include "CLPIPeers.h"

extern const lpi_peer peer_judy;
extern const lpi_peer peer_roaring;
extern const lpi_peer peer_absl;
extern const lpi_peer peer_standard;
