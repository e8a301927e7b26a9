import Testing

@testable import Wire

struct ChecksumTests {
    @Test(
        arguments: [
            ("", 0), ("a", 0xc1d0_4330), ("123456789", 0xe306_9283),
        ] as [(String, UInt32)]
    )
    func `known values`(text: String, checksum: UInt32) {
        let bytes = Array(text.utf8)
        #expect(Checksum.crc32c(over: bytes[...]) == checksum)
        #expect(unsafe Checksum.crc32cByTables(over: bytes.span.bytes) == checksum)
    }

    @Test func `32 bytes of zeros and of ones, as RFC 3720 has them`() {
        #expect(Checksum.crc32c(over: [UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
        #expect(Checksum.crc32c(over: [UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
    }

    @Test func `the instruction and the tables agree at every length and alignment`() {
        let bytes = Samples.bytes(60_000)
        for count in Array(0..<600) + [767, 768, 769, 24_575, 24_576, 24_577, 50_001, 59_990] {
            let slice = Array(bytes[(count % 9)..<(count % 9 + count)])
            let before = UInt32(truncatingIfNeeded: count &* 2_654_435_761)
            let byTables = unsafe Checksum.crc32cByTables(over: slice.span.bytes, continuing: before)
            #expect(Checksum.crc32c(over: slice[...], continuing: before) == byTables)
        }
    }

    @Test func `checksums of neighbours are joined to that of both`() {
        let bytes = Samples.bytes(40_000)
        for cut in [0, 1, 7, 4096, 39_999, 40_000] {
            let (first, second) = (Checksum.crc32c(over: bytes[..<cut]), Checksum.crc32c(over: bytes[cut...]))
            #expect(Checksum.joined(first, second, count: 40_000 - cut) == Checksum.crc32c(over: bytes[...]))
        }
    }

    @Test func `a checksum continues where another ended`() {
        let bytes = Samples.bytes(40_000)
        for cut in [0, 1, 7, 4096, 39_999, 40_000] {
            let first = Checksum.crc32c(over: bytes[..<cut])
            #expect(
                Checksum.crc32c(over: bytes[cut...], continuing: first) == Checksum.crc32c(over: bytes[...])
            )
        }
    }
}
