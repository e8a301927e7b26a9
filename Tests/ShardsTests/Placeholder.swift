import Testing

@testable import Shards
