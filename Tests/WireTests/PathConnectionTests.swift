import CZeroMQ
import Foundation
import Glibc
import Testing

@testable import Wire

struct PathConnectionTests {
    private func sendBuffer(of connection: Int32) -> Int32 {
        var (size, length) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        unsafe getsockopt(connection, SOL_SOCKET, SO_SNDBUF, &size, &length)
        return size
    }

    @Test func `the system takes more of what is sent over a path where a peer was heard`() throws {
        let context = try Context()
        let receiver = try Socket(.dealer, context)
        try receiver.prepare(linger: .zero, security: .plain)
        try receiver.listen(
            on: Endpoint("ipc://\(FileManager.default.temporaryDirectory.path)/path-\(UUID().uuidString).sock")
        )
        let sender = try Socket(.dealer, context)
        try sender.prepare(linger: .zero, security: .plain)
        try sender.connect(receiver.lastEndpoint())
        try sender.send([1, 2, 3][...], more: false)
        var waiting = Waiting()
        waiting.add(receiver)
        #expect(try waiting.wait(timeout: .seconds(10)))
        let message = MessageBuffer()
        #expect(try receiver.receive(into: message))
        let found = message.connection
        let number = try #require(found)
        let before = sendBuffer(of: number)
        var connection = PathConnection()
        connection.note(message)
        #expect(sendBuffer(of: number) > before)
    }
}
