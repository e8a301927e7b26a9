/// What went wrong between bytes and messages, or between this process and its peers, in the words the user will read.
package struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// Bytes of a peer, or a message to be sent, that make no sense.
        case malformed
        /// The peer speaks another version of the protocol.
        case version
        /// The text is not an endpoint.
        case endpoint
        /// The endpoint's name is nobody's.
        case unresolved
        /// Somebody listens there already.
        case addressInUse
        /// The endpoint cannot be listened on.
        case cannotListen
        /// The endpoint cannot be connected to.
        case cannotConnect
        /// No peer of that name is connected now.
        case unroutable
        /// The ZeroMQ library is not one to work with.
        case library
        /// The library or the system failed.
        case transport
        /// A file of keys is missing or cannot be read.
        case noKey
        /// A file of keys does not hold what it should.
        case badKey
        /// Keys cannot be written, or are there already.
        case cannotCreate
        /// A secret that others may use, or a peer that does not accept this process's key or shows another than its own.
        case keyRefused
    }

    package let code: Code

    /// One line: `<what>: <where>; <what to do>`.
    package let message: String

    package var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        // Texts of peers may be in here: they must not break the line or drive the terminal.
        self.message = message.onOneLine
    }

    /// A message that makes no sense, and why.
    static func malformed(_ reason: String) -> WireError {
        WireError(.malformed, "malformed message: \(reason); see that every process is the same build of coterie")
    }

    /// A message of another version of the protocol.
    static func version(found: UInt64, ours: UInt32) -> WireError {
        WireError(
            .version,
            "unknown protocol: version \(found), where this process speaks version \(ours); "
                + "run the same version of coterie everywhere"
        )
    }
}

extension String {
    /// The same text with every control character shown as `\u{…}`.
    fileprivate var onOneLine: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
