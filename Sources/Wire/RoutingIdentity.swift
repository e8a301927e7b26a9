package import Coordination

extension WorkerID {
    /// The letter that every worker's routing identity begins with; ZeroMQ keeps those that begin with zero.
    private static let mark = UInt8(ascii: "C")

    /// How ZeroMQ knows the worker: a mark and eight bytes, the most significant first.
    package var routingIdentity: [UInt8] {
        [Self.mark] + (0..<8).map { UInt8(truncatingIfNeeded: rawValue >> (56 - 8 * UInt64($0))) }
    }

    /// - Returns: nil for an identity that is not of a worker.
    package init?(routingIdentity bytes: [UInt8]) {
        guard bytes.count == 9, bytes[0] == Self.mark else { return nil }
        self.init(bytes.dropFirst().reduce(0) { $0 << 8 | UInt64($1) })
    }
}
