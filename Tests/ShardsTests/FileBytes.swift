import Foundation

@testable import Shards

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}

extension [UInt8] {
    /// Numbers of `width` bytes each, with the most significant byte first.
    func swapped(_ width: Int) -> [UInt8] {
        stride(from: 0, to: count, by: width).flatMap { self[$0..<$0 + width].reversed() }
    }
}

/// The bytes of small files, good and broken, by hand.
enum FileBytes {
    static func float32(_ values: [Float]) -> [UInt8] { values.flatMap(\.bitPattern.littleEndianBytes) }
    static func float16(_ values: [Float]) -> [UInt8] { values.flatMap { Float16($0).bitPattern.littleEndianBytes } }
    static func float64(_ values: [Float]) -> [UInt8] { values.flatMap { Double($0).bitPattern.littleEndianBytes } }

    /// An `.npy` file with any text for a header.
    static func numpy(header: String, version: UInt8 = 1, _ data: [UInt8]) -> [UInt8] {
        let length =
            version == 1 ? UInt16(header.utf8.count).littleEndianBytes : UInt32(header.utf8.count).littleEndianBytes
        return [0x93] + "NUMPY".utf8 + [version, 0] + length + header.utf8 + data
    }

    static func numpy(
        _ descriptor: String,
        _ shape: String,
        fortran: Bool = false,
        version: UInt8 = 1,
        _ data: [UInt8]
    ) -> [UInt8] {
        let order = fortran ? "True" : "False"
        return numpy(
            header: "{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': \(shape), }\n",
            version: version,
            data
        )
    }

    /// A matrix of float32 as numpy would write it.
    static func matrix(_ values: [Float], columns: Int) -> [UInt8] {
        numpy("<f4", "(\(values.count / columns), \(columns))", float32(values))
    }

    /// What one member of a zip archive is like.
    struct Member {
        var name: String
        /// What the archive holds.
        var data: [UInt8]
        /// What was deflated; nil for data that are as they are.
        var inflated: [UInt8]?
        var method: UInt16 = 0
        var flags: UInt16 = 0
        var extra: [UInt8] = []
        /// Whether sizes and the offset are written in zip64 fields.
        var isWide = false
        /// Whether checksum and sizes stand after the data and not before them, as for a stream.
        var isStreamed = false

        var size: Int { inflated?.count ?? data.count }
        /// The CRC-32 of deflated members; none is written for others, which are not read to be checked.
        var checksum: UInt32 { inflated.map(FileBytes.checksum) ?? 0 }
    }

    /// A member whose data are deflated, in blocks that are stored.
    static func deflatedMember(_ name: String, _ data: [UInt8]) -> Member {
        Member(name: name, data: deflated(data), inflated: data, method: 8)
    }

    /// Deflated data in blocks without compression, the simplest there are.
    static func deflated(_ data: [UInt8]) -> [UInt8] {
        let largest = 0xFFFF
        let starts = Array(stride(from: 0, to: max(data.count, 1), by: largest))
        return starts.flatMap { start -> [UInt8] in
            let part = data[start..<min(data.count, start + largest)]
            let length = UInt16(part.count)
            return [start == starts.last ? 1 : 0] + length.littleEndianBytes + (~length).littleEndianBytes + part
        }
    }

    /// CRC-32 as zip has it, bit by bit.
    static func checksum(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }

    /// A zip archive of members.
    static func zip(_ members: [Member], isWide: Bool = false, comment: String = "") -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = bytes.count
            let stored = UInt64(member.data.count).littleEndianBytes
            let full = UInt64(member.size).littleEndianBytes
            let sum = member.checksum.littleEndianBytes
            let facts = sum + stored.prefix(4) + full.prefix(4)
            let nothing = [UInt8](repeating: 0, count: facts.count)
            let names = UInt16(member.name.utf8.count).littleEndianBytes
            let flags = member.flags | (member.isStreamed ? 8 : 0)
            let start = flags.littleEndianBytes + member.method.littleEndianBytes + [0, 0, 0, 0]
            bytes += [0x50, 0x4B, 3, 4, 20, 0] + start + (member.isStreamed ? nothing : facts) + names
            bytes += UInt16(member.extra.count).littleEndianBytes + member.name.utf8 + member.extra + member.data
            if member.isStreamed { bytes += [0x50, 0x4B, 7, 8] + facts }

            let large = [UInt8](repeating: 0xFF, count: 4)
            let extra =
                member.isWide ? [9, 9, 1, 0, 7, 1, 0, 24, 0] + full + stored + UInt64(offset).littleEndianBytes : []
            directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + start
            directory += (member.isWide ? sum + large + large : facts) + names
            directory += UInt16(extra.count).littleEndianBytes + [UInt8](repeating: 0, count: 10)
            directory += member.isWide ? large : UInt32(offset).littleEndianBytes
            directory += member.name.utf8 + extra
        }
        return bytes + directory
            + zipEnd(members.count, directory.count, bytes.count, isWide: isWide, comment: comment)
    }

    private static func zipEnd(_ count: Int, _ length: Int, _ offset: Int, isWide: Bool, comment: String) -> [UInt8] {
        let text = UInt16(comment.utf8.count).littleEndianBytes + comment.utf8
        guard isWide else {
            let counts = UInt16(count).littleEndianBytes + UInt16(count).littleEndianBytes
            return [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + counts + UInt32(length).littleEndianBytes
                + UInt32(offset).littleEndianBytes + text
        }
        let count = UInt64(count).littleEndianBytes
        let record =
            [0x50, 0x4B, 6, 6] + UInt64(44).littleEndianBytes + [45, 0, 45, 0] + [UInt8](repeating: 0, count: 8)
            + count + count + UInt64(length).littleEndianBytes + UInt64(offset).littleEndianBytes
        let locator =
            [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + UInt64(offset + length).littleEndianBytes + [1, 0, 0, 0]
        return record + locator + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 12) + text
    }

    static func safetensors(_ header: String, _ data: [UInt8]) -> [UInt8] {
        UInt64(header.utf8.count).littleEndianBytes + header.utf8 + data
    }
}

/// Random numbers that are the same in every run: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
