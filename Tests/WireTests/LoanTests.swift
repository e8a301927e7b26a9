import CZeroMQ
import Coordination
import Foundation
import Testing

@testable import Wire

struct LoanTests {
    @Test func `a loan is the array's own memory, and is given back when its message is closed`() throws {
        let values = [Float](repeating: 2.5, count: 10_000)
        weak var lent: Loan?
        do {
            let loan = Loan(.float32(values), 4000..<40_000)
            lent = loan
            var message = zmq_msg_t()
            try unsafe withUnsafeMutablePointer(to: &message) { (message) throws(TransportFailure) in
                unsafe try loan.fill(message)
                unsafe #expect(zmq_msg_size(message) == 36_000)
                let data = unsafe zmq_msg_data(message)
                unsafe values.withUnsafeBytes { bytes in
                    #expect(unsafe UnsafeRawPointer(data) == bytes.baseAddress.map { unsafe $0 + 4000 })
                }
                unsafe zmq_msg_close(message)
            }
        }
        #expect(lent == nil)
    }

    @Test(arguments: ["tcp://127.0.0.1:0", "ipc://\(FileManager.default.temporaryDirectory.path)/loan-\(UUID()).sock"])
    func `an array that was lent is let go of once it has been sent`(endpoint: String) throws {
        let context = try Context()
        let receiver = try Socket(.dealer, context)
        try receiver.prepare(linger: .zero, security: .plain)
        try receiver.listen(on: Endpoint(endpoint))
        let sender = try Socket(.dealer, context)
        try sender.prepare(linger: .zero, security: .plain)
        try sender.connect(receiver.lastEndpoint())
        let bytes = Samples.bytes(1 << 20)
        weak var lent: Loan?
        do {
            let loan = Loan(.uint8(bytes), 0..<bytes.count)
            lent = loan
            try sender.send(loan, more: false)
        }
        var waiting = Waiting()
        waiting.add(receiver)
        #expect(try waiting.wait(timeout: .seconds(10)))
        let buffer = MessageBuffer()
        #expect(try receiver.receive(into: buffer))
        #expect(buffer.bytes == bytes)
        // libzmq's own thread does it, in its own time.
        for _ in 0..<500 where lent != nil { Thread.sleep(forTimeInterval: 0.02) }
        #expect(lent == nil)
    }

    @Test func `a loan that cannot be sent is given back at once`() throws {
        let alone = try Socket(.dealer, Context())
        weak var lent: Loan?
        do {
            let loan = Loan(.uint8(Samples.bytes(1 << 20)), 0..<1 << 20)
            lent = loan
            #expect(throws: TransportFailure(number: EAGAIN)) { try alone.send(loan, more: false) }
        }
        #expect(lent == nil)
    }
}
