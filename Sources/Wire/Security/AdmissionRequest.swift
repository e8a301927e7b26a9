/// What libzmq asks of the gatekeeper about one handshake (ZAP, ZeroMQ RFC 27).
struct AdmissionRequest: Equatable {
    /// Frames of a request, and bytes of each: what has more makes no sense.
    static let frameCount = 7
    static let frameBytes = 255

    /// Tells the answers apart.
    let id: [UInt8]
    /// Of the network, in libzmq's words.
    let address: String
    let key: PublicKey

    /// - Returns: nil unless this is a well-formed question of version 1.0 about a CURVE handshake of our domain.
    init?(_ frames: [[UInt8]]) {
        guard frames.count == Self.frameCount, frames.allSatisfy({ $0.count <= Self.frameBytes }),
            frames[0] == Array("1.0".utf8),
            frames[2] == Array(Socket.domain.utf8),
            frames[5] == Array("CURVE".utf8),
            let key = PublicKey(bytes: frames[6])
        else { return nil }
        id = frames[1]
        address = String(decoding: frames[3], as: UTF8.self)
        self.key = key
    }

    /// The frames of the answer: 200 lets the peer in, 400 does not.
    ///
    /// - Parameters:
    ///   - id: that of the request; empty where the request had none.
    ///   - key: of the peer that is let in, which libzmq writes on each of its messages; nil for one that is not.
    static func answer(to id: [UInt8], admitting key: PublicKey?) -> [[UInt8]] {
        let texts = key == nil ? ["400", "not on the list", ""] : ["200", "OK", key?.description ?? ""]
        return [Array("1.0".utf8), id] + texts.map { Array($0.utf8) } + [[]]
    }
}
