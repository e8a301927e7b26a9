import Foundation
import Testing

/// A plain TCP connection to a port of this machine, closed when the test lets go of it.
final class StrangerConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var address = LoopbackAddress.of(port: port)
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(connected, "cannot connect to port \(port): errno \(errno)")
        // What takes longer than any of this is a failure.
        var patience = timeval(tv_sec: Int(60 * Patience.factor), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(descriptor) }

    /// Sends bytes, as many as the other end takes before it hangs up.
    ///
    /// - Returns: whether that is all.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends what a peer says in ZMTP: its greeting and each command of its handshake once the one before was answered, as
    /// libzmq wants it, and the rest at once.
    func speak(_ bytes: [UInt8]) {
        var end = ZMTP.greetingBytes
        send(Array(bytes.prefix(end)))
        while waitForWord(), let next = ZMTP.endOfCommand(at: end, in: bytes) {
            send(Array(bytes[end..<next]))
            end = next
        }
        send(Array(bytes.dropFirst(end)))
    }

    /// Waits until the other end has said something since it was asked last; false when it hangs up instead.
    private func waitForWord() -> Bool {
        var answer = [UInt8](repeating: 0, count: 4096)
        return unsafe recv(descriptor, &answer, answer.count, 0) > 0
    }

    /// Whether the other end hangs up; what it says until then is thrown away.
    func isHungUp() -> Bool {
        var answer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &answer, answer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
            if count < 0 { return false }
        }
    }
}

enum LoopbackAddress {
    static func of(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
