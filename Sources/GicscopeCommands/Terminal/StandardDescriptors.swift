import Glibc

/// Descriptors 0, 1 and 2, which whoever starts the program may have closed.
enum StandardDescriptors {
  /// Occupies those that are closed, so that no file that is opened later gets their numbers: standard output would be
  /// written into it. Reading or writing them still fails with EBADF: they are open in the other direction.
  static func occupy() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest number that is free is this one.
      if open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0 { _ = open("/", O_RDONLY) }
    }
  }
}
