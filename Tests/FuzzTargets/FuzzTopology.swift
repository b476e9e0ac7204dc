import GicscopeCommands
import InterruptTrace

/// Any bytes as a file of facts about the controller: refused with a reason, or facts that come from the user.
func fuzzTopology(_ bytes: [UInt8]) throws {
  guard let topology = try? TopologyFile.parse(String(decoding: bytes, as: UTF8.self)) else { return }
  try require(topology.entries.allSatisfy { $0.source == .user }, "a fact is not the user's")
  // What is written to a file comes back.
  for entry in topology.entries {
    try require(Topology.Entry(entry.event) == entry, "\(entry) comes back as another")
  }
}
