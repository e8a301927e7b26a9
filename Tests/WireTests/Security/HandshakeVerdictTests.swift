import CZeroMQ
import Testing

@testable import Wire

struct HandshakeVerdictTests {
    private let start = ContinuousClock.now

    private func verdict() throws -> HandshakeVerdict {
        let pair = try KeyPair.generate()
        return HandshakeVerdict(try Endpoint("tcp://host:1"), .client(pair, coordinator: pair.open))
    }

    @Test func `a key that is not on the list ends it at once`() throws {
        var verdict = try verdict()
        let error = verdict.note(ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, value: 400, at: start)
        #expect(error?.code == .keyRefused && error?.message.contains("authorized_workers") == true)
    }

    @Test func `the other kind of security ends it at once`() throws {
        let mismatch = UInt32(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
        var keyed = try verdict()
        let one = keyed.note(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, value: mismatch, at: start)
        #expect(one?.code == .keyRefused && one?.message.contains("the coordinator has none") == true)
        var plain = HandshakeVerdict(try Endpoint("tcp://host:1"), .plain)
        let other = plain.note(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, value: mismatch, at: start)
        #expect(other?.code == .keyRefused && other?.message.contains("pass --keys") == true)
    }

    @Test func `failures without a word end it when they are several and go on`() throws {
        let failed = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        var verdict = try verdict()
        #expect(verdict.note(failed, value: 32, at: start) == nil)
        for second in [6, 12, 18, 19] {
            #expect(verdict.note(failed, value: 32, at: start + .seconds(second)) == nil)
        }
        #expect(verdict.note(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, value: 0, at: start + .seconds(20)) == nil)
        for tenth in 0..<50 {
            #expect(verdict.note(failed, value: 32, at: start + .seconds(21) + .milliseconds(100 * tenth)) == nil)
        }
        let error = verdict.note(failed, value: 32, at: start + .seconds(26))
        #expect(error?.code == .keyRefused && error?.message.contains("--coordinator-key") == true)
        #expect(error?.message.contains("something else") == true)
    }

    @Test func `one failure without a word is a suspicion, until it is long ago or a handshake succeeds`() throws {
        var verdict = try verdict()
        #expect(verdict.suspicion(at: start) == nil)
        #expect(verdict.note(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, value: 32, at: start) == nil)
        #expect(verdict.suspicion(at: start + .seconds(4))?.message.contains("--coordinator-key") == true)
        #expect(verdict.suspicion(at: start + .seconds(6)) == nil)
        _ = verdict.note(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, value: 0, at: start + .seconds(1))
        #expect(verdict.suspicion(at: start + .seconds(2)) == nil)
    }

    @Test func `without keys, no coordinator is no refusal`() throws {
        var verdict = HandshakeVerdict(try Endpoint("tcp://host:1"), .plain)
        for second in 0..<9 {
            #expect(verdict.note(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, value: 32, at: start + .seconds(second)) == nil)
        }
        let error = verdict.note(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, value: 32, at: start + .seconds(9))
        #expect(error?.code == .cannotConnect)
    }
}
