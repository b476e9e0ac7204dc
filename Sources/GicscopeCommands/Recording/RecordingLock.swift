import Glibc
import HostRecorder

/// Only one recording at a time has probes in a kernel. The lock goes with the program, however it ends.
struct RecordingLock {
  private let descriptor: Int32

  /// Takes it.
  ///
  /// - Throws: ``Recorder/Failure`` if another recording has it, or this one is not root's.
  init(_ files: RootedFiles) throws(Recorder.Failure) {
    guard geteuid() == 0 || !files.root.isEmpty else {
      throw Recorder.Failure(message: "only root may trace the kernel; become root, or see gicscope record --script")
    }
    // A host without /run has no lock.
    descriptor = open(files.place("/run/gicscope-record.lock"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      close(descriptor)
      throw Recorder.Failure(message: "another gicscope record is running on this host")
    }
  }

  func release() { if descriptor >= 0 { close(descriptor) } }
}
