import CChecksums

/// A digest of 64 bits of rows as they are stored, which tells one copy of a file from another.
///
/// Products of 64 by 64 bits, folded (`cc_digest`): in a core's cache some 25 GB/s, so that a first reading costs little more
/// than the memory's speed. CRC32C is as fast from memory, but with 32 bits one difference in four thousand million would
/// pass, and the blocks of a large fleet are many. It finds accidents, such as an old page or half a copy; against malice
/// there are keys.
enum RowDigest {
    /// - Parameters:
    ///   - bytes: one piece of what is digested; where the pieces are cut is part of the digest.
    ///   - before: the digest of the pieces before; 0 for none.
    static func of(_ bytes: RawSpan, after before: UInt64 = 0) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe cc_digest(before, $0.baseAddress, $0.count) }
    }

    static func of(_ bytes: [UInt8], after before: UInt64 = 0) -> UInt64 { unsafe of(bytes.span.bytes, after: before) }

    static func of(_ text: String) -> UInt64 { of(Array(text.utf8)) }
}

/// What a process found when it first read a stretch of a dataset's rows.
package struct RowReading: Sendable, Hashable, Codable {
    /// `Dataset.name` of the dataset.
    package var dataset: UInt64
    /// The number of the stretch.
    package var stretch: Int
    /// Of the bytes as they are stored.
    package var digest: UInt64

    package init(dataset: UInt64, stretch: Int, digest: UInt64) {
        self.dataset = dataset
        self.stretch = stretch
        self.digest = digest
    }
}
