/// Bytes that are sent as one frame.
enum OutgoingFrame: Sendable {
    /// Bytes made for this message.
    case own([UInt8])
    /// Some of an array's bytes.
    case part(WireNumbers, Range<Int>)

    var count: Int {
        switch self {
        case .own(let bytes): bytes.count
        case .part(_, let range): range.count
        }
    }
}
