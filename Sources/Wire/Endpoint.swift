/// Where a coordinator listens and its workers connect: `tcp://HOST:PORT` or `ipc://PATH`.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    enum Address: Hashable {
        /// An address, an interface or `*` (brackets around IPv6), and a port; nil for any free one.
        case network(host: String, port: UInt16?)
        case path(String)
    }

    let address: Address

    /// The longest path that fits the system's socket address with its closing zero.
    private static let longestPath = 107

    /// - Parameter text: `tcp://HOST:PORT`, where HOST may be `*` and PORT may be `*` or 0 when listening; or
    ///   `ipc://PATH` of at most 107 bytes.
    /// - Throws: `.endpoint` for anything else.
    package init(_ text: String) throws(WireError) {
        if text.hasPrefix("tcp://") {
            address = try Self.network(text.dropFirst(6), in: text)
        } else if text.hasPrefix("ipc://") {
            address = try Self.path(String(text.dropFirst(6)), in: text)
        } else {
            throw Self.refusal(text, "write tcp://HOST:PORT or ipc://PATH")
        }
    }

    init(_ address: Address) {
        self.address = address
    }

    private static func network(_ rest: Substring, in text: String) throws(WireError) -> Address {
        guard let colon = rest.lastIndex(of: ":") else { throw refusal(text, "write the port: tcp://HOST:PORT") }
        let host = rest[..<colon]
        let portText = rest[rest.index(after: colon)...]
        let port = UInt16(portText)
        guard portText == "*" || (port != nil && portText.allSatisfy(\.isNumber)) else {
            throw refusal(text, "write a port from 0 to 65535")
        }
        let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard bracketed || !host.contains(":") else { throw refusal(text, "write brackets around an IPv6 address") }
        let inner = bracketed ? host.dropFirst().dropLast() : host
        guard !inner.isEmpty, inner.utf8.count <= 253, inner.utf8.allSatisfy(Self.belongsInHost) else {
            throw refusal(text, "write an address or a name for the host")
        }
        return .network(host: String(host), port: port == 0 ? nil : port)
    }

    private static func belongsInHost(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "%"), UInt8(ascii: "*"):
            true
        default: false
        }
    }

    private static func path(_ path: String, in text: String) throws(WireError) -> Address {
        guard !path.isEmpty, path != "*", !path.utf8.contains(0) else { throw refusal(text, "write ipc://PATH") }
        guard path.utf8.count <= longestPath else {
            throw refusal(
                text,
                "the path is \(path.utf8.count) bytes long, where the system allows \(longestPath): choose a shorter one"
            )
        }
        return .path(path)
    }

    private static func refusal(_ text: String, _ remedy: String) -> WireError {
        WireError(.endpoint, "not an endpoint: \(text); \(remedy)")
    }

    package var description: String {
        switch address {
        case .network(let host, let port): "tcp://\(host):\(port.map { "\($0)" } ?? "*")"
        case .path(let path): "ipc://\(path)"
        }
    }

    /// Whether only this machine can reach it: a path, or a loopback address.
    package var isLocal: Bool {
        switch address {
        case .path: true
        case .network(let host, _): host == "localhost" || host == "[::1]" || Self.isLoopback(host)
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it is a path, and so a file of the file system.
    var isPath: Bool { path != nil }

    var path: String? {
        if case .path(let path) = address { path } else { nil }
    }

    /// Whether it names one place that can be connected to.
    var isConnectable: Bool {
        if case .network(let host, let port) = address { host != "*" && port != nil } else { true }
    }
}
