import CZeroMQ
import Glibc

extension Socket {
    /// Listens at an endpoint, and where its host is a name at all of the name's addresses that are this machine's, at the
    /// same port.
    ///
    /// - Returns: the places, with wildcards and port 0 resolved.
    /// - Throws: `.unresolved`, `.addressInUse` or `.cannotListen`.
    @discardableResult
    func listen(on endpoint: Endpoint) throws(WireError) -> [String] {
        if let path = endpoint.path {
            try Self.makeSure(path, isFreeFor: endpoint)
        }
        try setHeartbeats(for: endpoint)
        var bound: [String] = []
        var port = endpoint.port
        var refusal: TransportFailure?
        for place in try endpoint.places() {
            try set(ZMQ_IPV6, Int32(place.isOfIPv6 ? 1 : 0))
            do {
                try bind(place.with(port: port).description)
            } catch {
                // Another machine's, or of a kind that this one does not have. And a port of the system's choice need not be
                // free at the next address.
                guard error.isOfAddress || (endpoint.port == nil && !bound.isEmpty) else {
                    throw error.listening(on: endpoint)
                }
                refusal = refusal ?? error
                continue
            }
            bound.append(try lastEndpoint())
            if port == nil, !endpoint.isPath { port = try Endpoint(try lastEndpoint()).port }
        }
        if bound.isEmpty, let refusal { throw refusal.listening(on: endpoint) }
        return bound
    }

    /// libzmq removes whatever lies at the path.
    ///
    /// It may remove a socket that nobody listens on, and nothing else.
    private static func makeSure(_ path: String, isFreeFor endpoint: Endpoint) throws(WireError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw WireError(.cannotListen, "cannot listen: \(endpoint): there is a file already; choose another path")
        }
        if answers(path) {
            throw TransportFailure(number: EADDRINUSE).listening(on: endpoint)
        }
    }

    /// Whether somebody accepts connections at the path.
    private static func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
