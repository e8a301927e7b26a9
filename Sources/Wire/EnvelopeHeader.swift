import Coordination

/// What the first frame of a ZeroMQ message says.
struct EnvelopeHeader: Equatable {
    enum Body: Equatable {
        case message(Message)
        case chunk(Chunk)
    }

    var term = Term(0)
    var cause: UInt64 = 0
    var tensors: [TensorHeader] = []
    /// The transfer that brought the tensors; 0 when they are frames of the same message.
    var transfer: UInt64 = 0
    var body: Body
}

/// A tensor without its bytes.
struct TensorHeader: Equatable {
    var name: String
    var elementType: WireElement
    var shape: [Int]
    var byteCount: Int
    /// CRC32C over the bytes.
    var checksum: UInt32

    /// The tensor of this header.
    ///
    /// - Throws: `.malformed` when the bytes are not those that were announced.
    func tensor(of bytes: RawSpan) throws(WireError) -> WireTensor {
        guard bytes.byteCount == byteCount else {
            throw .malformed("tensor '\(name)' has \(bytes.byteCount) bytes where \(byteCount) were announced")
        }
        guard Checksum.crc32c(over: bytes) == checksum else {
            throw .malformed("tensor '\(name)' does not match its checksum")
        }
        let numbers = unsafe WireNumbers(elementType, byteCount: byteCount) { room in
            unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        }
        return WireTensor(self, numbers)
    }
}

/// Which bytes of a transfer a chunk brings.
struct Chunk: Equatable {
    /// The sender's number for the transfer, from 1.
    var transfer: UInt64
    /// The place of the array among the tensors of the message.
    var tensor: Int
    /// Bytes of the array that went before.
    var offset: Int
    /// Bytes of the array.
    var total: Int
    /// CRC32C over the array's bytes up to the end of this chunk, so that one pass over an array gives every checksum.
    var checksum: UInt32
}
