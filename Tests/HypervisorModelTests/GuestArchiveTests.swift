import InterruptTrace
import Testing

@testable import HypervisorModel

@Suite("Guests as bytes")
struct GuestArchiveTests {
  @Test("All that is known of a vCPU comes back: its thread, and ends outside its list registers, too")
  func vcpu() {
    var original = GuestVCPU()
    original.cpu = 3
    original.thread = 4711
    original.ended = [33]
    original.endedOutside = 2
    original.isDeactivating = true
    original.unpruned = [4, 7]
    var writing = StateArchive()
    original.archive(&writing)
    var reading = StateArchive(reading: writing.bytes)
    var read = GuestVCPU()
    read.archive(&reading)
    #expect(reading.isComplete && "\(read)" == "\(original)")
  }

  @Test("Every stored property of a vCPU is among its bytes")
  func complete() {
    func size<T>(_: T) -> Int { MemoryLayout<T>.size }
    var vcpu = GuestVCPU()
    var archive = StateArchive()
    vcpu.archive(&archive)
    // Of an empty list the bytes are its length.
    let sizes = Mirror(reflecting: vcpu).children.map { property in
      property.value is any Collection ? size(0) : _openExistential(property.value, do: size)
    }
    #expect(archive.bytes.count == sizes.reduce(0, +), "each stored property must be named in GuestVCPU.archive")
  }
}
