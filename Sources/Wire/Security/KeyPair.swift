import CZeroMQ

/// The half of a key pair that others know its holder by.
package struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    let bytes: [UInt8]

    /// - Returns: nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == Z85.byteCount else { return nil }
        self.bytes = bytes
    }

    /// - Parameter text: 40 letters of Z85.
    /// - Returns: nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let bytes = Z85.decode(text) else { return nil }
        self.bytes = bytes
    }

    /// 40 letters of Z85.
    package var description: String { Z85.encode(bytes) }
}

/// The half of a key pair that nobody else may know: its description does not show it.
package struct SecretKey: Equatable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
        guard let bytes = Z85.decode(text) else { return nil }
        self.bytes = bytes
    }

    package var description: String { "secret key" }

    /// 40 letters of Z85, for the file it is kept in.
    var text: String { Z85.encode(bytes) }
}

/// What a process shows of itself in CURVE's handshake, and the means to prove that it is its own.
package struct KeyPair: Equatable, Sendable {
    /// The public half.
    package let open: PublicKey
    let secret: SecretKey

    /// The public half is worked out from the secret one.
    ///
    /// - Throws: `.library` when libzmq was built without CURVE.
    init(_ secret: SecretKey) throws(WireError) {
        try ZeroMQLibrary.checkEncryption()
        var text = [CChar](repeating: 0, count: Z85.letterCount + 1)
        guard unsafe zmq_curve_public(&text, secret.text) == 0, let open = PublicKey(Self.string(text)) else {
            throw TransportFailure.latest.transport("cannot derive a public key")
        }
        self.open = open
        self.secret = secret
    }

    private init(open: PublicKey, secret: SecretKey) {
        self.open = open
        self.secret = secret
    }

    /// A pair that nobody has had before.
    ///
    /// Neither half begins with `#`, which is a letter of Z85 and begins a comment in the files that keys are kept in.
    ///
    /// - Throws: `.library` when libzmq was built without CURVE.
    package static func generate() throws(WireError) -> KeyPair {
        try ZeroMQLibrary.checkEncryption()
        while true {
            var open = [CChar](repeating: 0, count: Z85.letterCount + 1)
            var secret = open
            guard unsafe zmq_curve_keypair(&open, &secret) == 0 else {
                throw TransportFailure.latest.transport("cannot make a key pair")
            }
            let texts = [string(open), string(secret)]
            guard !texts.contains(where: { $0.hasPrefix("#") }) else { continue }
            guard let open = PublicKey(texts[0]), let secret = SecretKey(texts[1]) else {
                throw WireError(.library, "cannot make a key pair: libzmq gave no keys; check its installation")
            }
            return KeyPair(open: open, secret: secret)
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
