import Glibc

/// What an allocation really costs: glibc adds an 8-byte header and rounds up to 16, and gives at least 32.
@usableFromInline enum HeapBytes {
  @usableFromInline static func cost(_ size: Int) -> Int { Swift.max(32, (size + 8 + 15) & ~15) }

  @usableFromInline static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    guard let memory = malloc(size) else { outOfMemory(size) }
    return memory
  }

  @usableFromInline static func reallocate(_ memory: UnsafeMutableRawPointer, _ size: Int) -> UnsafeMutableRawPointer {
    guard let grown = realloc(memory, size) else { outOfMemory(size) }
    return grown
  }

  @usableFromInline static func release(_ memory: UnsafeMutableRawPointer) { free(memory) }

  @usableFromInline static func outOfMemory(_ size: Int) -> Never {
    fatalError("out of memory: \(size) bytes for LPI state")
  }
}
