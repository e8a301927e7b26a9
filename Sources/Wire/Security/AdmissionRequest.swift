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
    /// - Parameter id: that of the request; empty where the request had none.
    static func answer(to id: [UInt8], isAdmitted: Bool) -> [[UInt8]] {
        let texts = isAdmitted ? ["200", "OK"] : ["400", "not on the list"]
        return [Array("1.0".utf8), id, Array(texts[0].utf8), Array(texts[1].utf8), [], []]
    }
}
