import Wire

/// The records of a journal: each its length, the CRC32C of the length, the CRC32C of its payload, and the payload.
///
/// The numbers are little-endian and of four bytes. The length has a checksum of its own, so that a damaged one is told
/// from a record that was cut short. A payload is text, so the last byte of a record is never 0.
struct JournalRecords {
    private static let headerBytes = 12

    /// The payloads of all whole records, in order.
    private(set) var payloads: [[UInt8]] = []
    /// What they take up in the file.
    private(set) var byteCount = 0
    /// Whether a record that was not finished stands after them.
    private(set) var isTorn = false

    static func record(of payload: [UInt8]) -> [UInt8] {
        precondition(payload.last != 0 && !payload.isEmpty, "a journal's payloads are text")
        let length = bytes(of: UInt32(payload.count))
        return length + bytes(of: checksum(length)) + bytes(of: checksum(payload)) + payload
    }

    /// Reads a journal.
    ///
    /// - Throws: exit code 65, naming the file and the offset of the first record that is damaged. The last record may be
    ///   cut short, or, after a loss of power, end in zeros: it was never finished.
    init(_ bytes: [UInt8], path: String) throws(ServiceError) {
        let end = (bytes.lastIndex { $0 != 0 } ?? -1) + 1
        while byteCount < end {
            guard end - byteCount >= Self.headerBytes else { break }
            let header = Array(bytes[byteCount..<byteCount + Self.headerBytes])
            guard Self.checksum(Array(header[..<4])) == Self.number(header[4..<8]) else {
                throw Self.damaged(at: byteCount, in: path)
            }
            let first = byteCount + Self.headerBytes
            let length = Int(Self.number(header[..<4]))
            guard length <= end - first else { break }
            let payload = Array(bytes[first..<first + length])
            guard Self.checksum(payload) == Self.number(header[8...]) else {
                throw Self.damaged(at: byteCount, in: path)
            }
            payloads.append(payload)
            byteCount = first + length
        }
        isTorn = byteCount < bytes.count
    }

    private static func damaged(at offset: Int, in path: String) -> ServiceError {
        ServiceError(
            exitCode: 65,
            "journal damaged: \(path) at byte \(offset); restore the file, or start the job again with --overwrite"
        )
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe Checksum.crc32c(over: bytes.span.bytes)
    }

    private static func bytes(of number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
