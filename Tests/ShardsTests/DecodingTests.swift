import Testing

@testable import Shards

/// What is made of files whose rows cannot be mapped.
struct DecodingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func decode(
        _ byteCount: Int,
        mostInMemory: Int,
        in folder: String,
        _ fill: (inout MutableSpan<UInt8>) throws(ShardError) -> Void
    ) throws(ShardError) -> MappedFile {
        try MappedFile(decoding: "x.npz:a", byteCount: byteCount, mostInMemory: mostInMemory, in: folder, fill)
    }

    @Test(arguments: [0, 9_999, 10_000])
    func `Decoded bytes are kept in memory or in a file without a name`(mostInMemory: Int) throws {
        let decoded = try decode(10_000, mostInMemory: mostInMemory, in: folder.path) { bytes in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index) }
        }
        #expect(try folder.names == [])
        decoded.advise(.notNeeded, for: 0..<10_000)
        #expect(decoded.bytes(in: 0..<10_000) == (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test func `Little is decoded without a folder, much is refused`() throws {
        #expect(try decode(3, mostInMemory: 3, in: folder("none")) { $0[2] = 7 }.bytes(in: 0..<3) == [0, 0, 7])
        expectRefusal(.cannotCreate, "no such file", folder("none"), "set TMPDIR") { () throws(ShardError) in
            _ = try decode(4, mostInMemory: 3, in: folder("none")) { _ in }
        }
    }

    @Test func `More than the disk holds is refused before it is written`() throws {
        expectRefusal(.inputOutput, "no room in \(folder.path)", "x.npz:a", "set TMPDIR") { () throws(ShardError) in
            _ = try decode(1 << 50, mostInMemory: 0, in: folder.path) { _ in Issue.record("there was room") }
        }
        #expect(try folder.names == [])
    }

    @Test func `A failure while decoding leaves nothing`() throws {
        let failure = ShardError(.badData, "damaged", at: "x", fix: "copy it again")
        expectRefusal(.badData, "damaged") { () throws(ShardError) in
            _ = try decode(4, mostInMemory: 0, in: folder.path) { (_) throws(ShardError) in throw failure }
        }
        #expect(try folder.names == [])
    }
}
