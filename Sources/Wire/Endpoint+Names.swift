import Glibc

// Names are resolved here: libzmq listens at addresses and interfaces alone, and looks for a name of both kinds of address among
// those of IPv6 only.
extension Endpoint {
    /// Where to listen: at each address that the host's name has, and at the endpoint itself where it names none.
    ///
    /// - Throws: `.unresolved`.
    func places() throws(WireError) -> [Endpoint] {
        guard case .network(let host, let port) = address, Self.isName(host) else { return [self] }
        return try HostAddress.all(of: host, in: self).map { Endpoint(.network(host: $0.text, port: port)) }
    }

    /// Whether it is connected to over IPv6: such an address, or a name without any of the other kind that there is a way to.
    ///
    /// - Throws: `.unresolved`.
    func isReachedOverIPv6() throws(WireError) -> Bool {
        guard case .network(let host, _) = address else { return false }
        guard Self.isName(host) else { return isOfIPv6 }
        let addresses = try HostAddress.all(of: host, in: self)
        return !addresses.contains { !$0.isOfIPv6 && $0.hasRoute }
    }

    /// Why its host's name is nobody's at this moment; nil where it is somebody's, or no name.
    package var resolutionFailure: WireError? {
        do {
            _ = try places()
            return nil
        } catch {
            return error
        }
    }

    /// Whether its host is an address of IPv6, or all addresses of this machine.
    var isOfIPv6: Bool {
        if case .network(let host, _) = address { host.hasPrefix("[") || host == "*" } else { false }
    }

    var port: UInt16? {
        if case .network(_, let port) = address { port } else { nil }
    }

    /// The same place with that port.
    func with(port: UInt16?) -> Endpoint {
        guard case .network(let host, _) = address else { return self }
        return Endpoint(.network(host: host, port: port))
    }

    /// Whether the host is a name to be resolved: neither an address, nor an interface of this machine.
    private static func isName(_ host: String) -> Bool {
        guard host != "*", !host.hasPrefix("[") else { return false }
        var address = in_addr()
        return unsafe inet_pton(AF_INET, host, &address) != 1 && if_nametoindex(host) == 0
    }
}

/// One of a host's addresses.
private struct HostAddress {
    /// As an endpoint has it, with brackets around IPv6.
    let text: String
    let isOfIPv6: Bool
    /// Whether this machine knows a way to it.
    let hasRoute: Bool

    /// In the order in which the system would try them.
    static func all(of host: String, in endpoint: Endpoint) throws(WireError) -> [HostAddress] {
        var hints = unsafe addrinfo()
        // Or there would be each address for each kind of socket.
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { throw unresolved(endpoint, status) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [HostAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe HostAddress(entry.pointee) { addresses.append(address) }
            unsafe next = unsafe entry.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw unresolved(endpoint, EAI_NONAME) }
        return addresses
    }

    private static func unresolved(_ endpoint: Endpoint, _ status: Int32) -> WireError {
        let reason = unsafe gai_strerror(status).map { unsafe String(cString: $0) }?.lowercased() ?? "error \(status)"
        return WireError(.unresolved, "unknown host: \(endpoint): \(reason); check the name")
    }

    private init?(_ info: addrinfo) {
        guard unsafe [AF_INET, AF_INET6].contains(info.ai_family) else { return nil }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe getnameinfo(
            info.ai_addr,
            info.ai_addrlen,
            &name,
            socklen_t(name.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard status == 0 else { return nil }
        let numbers = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        isOfIPv6 = unsafe info.ai_family == AF_INET6
        text = isOfIPv6 ? "[\(numbers)]" : numbers
        hasRoute = unsafe Self.hasRoute(to: info)
    }

    /// To connect a socket of datagrams sends nothing and fails where there is no way.
    private static func hasRoute(to info: addrinfo) -> Bool {
        let descriptor = unsafe socket(info.ai_family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        return unsafe Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0
    }
}
