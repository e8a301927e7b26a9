/// The bytes of one array as far as they have arrived.
///
/// Large frames are kept as they came, in libzmq's memory, so that bytes are copied once: into the array, when all are there
/// and its kind is known.
struct ArrivedBytes {
    private enum Piece {
        case frame(KeptFrame)
        case bytes([UInt8])
    }

    /// A frame of fewer bytes is copied: libzmq holds those in the memory of all that came with them, which may be many
    /// times as much.
    private static let leastKept = 64 << 10

    private var pieces: [Piece] = []
    /// Bytes that come after the pieces.
    private var tail: [UInt8] = []
    private(set) var count = 0

    /// Takes the bytes of a frame, which may be empty afterwards.
    mutating func append(_ frame: borrowing MessageBuffer) {
        count += frame.count
        if frame.count >= Self.leastKept {
            endTail()
            pieces.append(.frame(KeptFrame(frame)))
        } else {
            frame.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe tail.append(contentsOf: $0) } }
        }
    }

    private mutating func endTail() {
        guard !tail.isEmpty else { return }
        pieces.append(.bytes(tail))
        tail = []
    }

    /// The array; its kind must be one whose numbers the bytes are a whole number of.
    consuming func numbers(_ elementType: WireElement) -> WireNumbers {
        endTail()
        return unsafe WireNumbers(elementType, byteCount: count) { room in
            var place = 0
            for piece in pieces {
                switch piece {
                case .frame(let frame):
                    frame.buffer.withBytes { bytes in unsafe Self.copy(bytes, to: room, at: &place) }
                case .bytes(let bytes):
                    unsafe Self.copy(bytes.span.bytes, to: room, at: &place)
                }
            }
        }
    }

    private static func copy(_ bytes: RawSpan, to room: UnsafeMutableRawBufferPointer, at place: inout Int) {
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[place..<place + source.count]).copyMemory(from: source)
        }
        place += bytes.byteCount
    }
}

/// A frame that outlives the message it came in.
private final class KeptFrame {
    let buffer: MessageBuffer

    init(_ frame: borrowing MessageBuffer) {
        buffer = MessageBuffer(taking: frame)
    }
}
