import GICModel
import HypervisorModel
import InterruptTrace
import Testing

@testable import Replay

@Suite("Checkpoints")
struct CheckpointListTests {
  /// Counts batches, and says that it is as big as a test wants it.
  private final class Follower: TimelineFollower {
    let number: Int
    let footprint: Int
    init(_ number: Int, _ footprint: Int) { (self.number, self.footprint) = (number, footprint) }
    func consume(_ batch: ReplayBatch) {}
    func copy() -> any TimelineFollower { Follower(number, footprint) }
  }

  private func list(_ count: Int, footprint: Int) -> CheckpointList {
    var list = CheckpointList(followerLimit: 1000)
    for i in 0..<count {
      list.append(
        UInt64(i * 10), ReplayModels(Controller(topology: Topology()), .init()), Follower(i, footprint))
    }
    return list
  }

  private func number(_ list: CheckpointList, _ events: UInt64) -> (place: Int, number: Int?)? {
    list.follower(notAfter: events).map { ($0.place, ($0.follower as? Follower)?.number) }
  }

  @Test("Small followers are kept beside each controller")
  func small() throws {
    let list = list(20, footprint: 10)
    for events in [0, 9, 10, 55, 190, 999] as [UInt64] {
      let found = try #require(number(list, events))
      #expect(found.place == min(Int(events) / 10, 19) && found.number == found.place)
    }
  }

  @Test("Of followers that are too big for all a few are kept, the first among them")
  func big() throws {
    let list = list(20, footprint: 300)
    #expect(list.count == 20)
    let places = try (0..<20).map { try #require(number(list, UInt64($0 * 10))).place }
    #expect(Set(places).count <= 3 && places[0] == 0 && places == places.sorted())
    #expect(places.enumerated().allSatisfy { $1 <= $0 })
  }

  @Test("Where nothing follows there is no follower")
  func none() {
    var list = CheckpointList()
    list.append(0, ReplayModels(Controller(topology: Topology()), .init()), nil)
    #expect(list.follower(notAfter: 5) == nil)
  }
}
