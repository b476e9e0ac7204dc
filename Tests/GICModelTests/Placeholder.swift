import Testing

@testable import GICModel
