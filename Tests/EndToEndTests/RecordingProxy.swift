import Foundation
import Synchronization
import Testing

/// Stands between a worker and its coordinator, and keeps what the worker says.
final class RecordingProxy: Sendable {
    /// Where workers connect.
    let port: Int
    private let listener: Int32
    private let recorded = Mutex<[UInt8]>([])

    /// - Parameter coordinator: the port of the real one.
    init(to coordinator: Int) throws {
        port = try FreePort.next()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = LoopbackAddress.of(port: port)
        let listener = listener
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(bound && listen(listener, 1) == 0)
        Thread.detachNewThread { [weak self] in
            let worker = accept(listener, nil, nil)
            guard worker >= 0, let other = try? Self.connect(to: coordinator) else { return }
            Thread.detachNewThread { Self.pass(from: other, to: worker) { _ in } }
            Self.pass(from: worker, to: other) { bytes in self?.recorded.withLock { $0 += bytes } }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// What the worker has said so far.
    var recording: [UInt8] { recorded.withLock { $0 } }

    private static func connect(to port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = LoopbackAddress.of(port: port)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected)
        return descriptor
    }

    /// Hands on what one end says to the other until it hangs up.
    private static func pass(from source: Int32, to target: Int32, _ note: ([UInt8]) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            note(Array(buffer[..<count]))
            var done = 0
            while done < count {
                let sent = unsafe buffer[done..<count].withUnsafeBytes {
                    unsafe send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { break }
                done += sent
            }
        }
        shutdown(target, Int32(SHUT_RDWR))
    }
}
