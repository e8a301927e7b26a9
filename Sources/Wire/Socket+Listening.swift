import CZeroMQ
import Glibc

extension Socket {
    /// - Throws: `.addressInUse` or `.cannotListen`.
    func listen(on endpoint: Endpoint) throws(WireError) {
        if let path = endpoint.path {
            try Self.makeSure(path, isFreeFor: endpoint)
        }
        try setHeartbeats(for: endpoint)
        do {
            try bind(endpoint.description)
        } catch {
            throw error.listening(on: endpoint)
        }
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
