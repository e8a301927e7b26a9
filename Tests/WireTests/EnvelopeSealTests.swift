import Coordination
import Testing

@testable import Wire

struct EnvelopeSealTests {
    private func frame(_ message: Message) throws -> [UInt8] {
        EnvelopeSeal.sealed(try EnvelopeHeader(term: Term(5), cause: 9, body: .message(message)).encoded())
    }

    private func code(_ bytes: [UInt8]) -> WireError.Code? {
        do {
            _ = try EnvelopeSeal.open(unsafe bytes.span.bytes)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `a sealed envelope opens`() throws {
        let header = EnvelopeHeader(term: Term(5), cause: 9, body: .message(.leave))
        let bytes = try frame(.leave)
        #expect(try EnvelopeSeal.open(unsafe bytes.span.bytes) == header)
    }

    /// Also in the version: what is damaged must not be taken for another build, whose worker would be sent away.
    @Test func `every bit that is flipped and every byte that is missing makes it malformed`() throws {
        let lease = Lease(id: LeaseID(3), round: RoundID(2), blocks: 4..<9)
        for message in [Message.grant(lease), .welcome(Welcome(heartbeat: .seconds(1), job: "{\"seed\":5}"))] {
            let whole = try frame(message)
            for place in whole.indices {
                for bit in 0..<8 {
                    var bytes = whole
                    bytes[place] ^= 1 << UInt8(bit)
                    #expect(code(bytes) == .malformed, "bit \(bit) of byte \(place) of \(whole.count)")
                }
                #expect(code(Array(whole[..<place])) == .malformed)
            }
        }
    }

    @Test func `another version is told by name, sealed or not`() {
        #expect(code([8, 1, 160, 1, 0]) == .version)
        #expect(code(EnvelopeSeal.sealed([8, 9, 1, 2, 3])) == .version)
    }
}
