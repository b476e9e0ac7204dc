import Testing

@testable import InterruptTrace
