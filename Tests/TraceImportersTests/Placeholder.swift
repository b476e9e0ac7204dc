import Testing

@testable import TraceImporters
