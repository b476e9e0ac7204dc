import Testing

@testable import LPIStore
