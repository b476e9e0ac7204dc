/// Memory that is freed with the value that owns it.
///
/// For GICv3, whose own deinitialiser optimised builds do not run (Swift 6.3.1), while those of its parts are run.
struct OwnedMemory: ~Copyable {
  private let base: UnsafeMutableRawPointer

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  deinit { base.deallocate() }
}
