import Coordination
import Testing

@testable import Wire

struct EnvelopeCodingTests {
    private func header(_ message: Message) -> EnvelopeHeader {
        EnvelopeHeader(term: Term(.max), cause: .max, body: .message(message))
    }

    @Test(arguments: Samples.messages.indices)
    func `every message comes back as it was`(index: Int) throws {
        let header = header(Samples.messages[index])
        #expect(try EnvelopeHeader(decoding: header.encoded()) == header)
    }

    @Test func `tensor headers and chunks come back as they were`() throws {
        let tensors = WireElement.allCases.map { type in
            TensorHeader(
                name: "\(type)",
                elementType: type,
                shape: [3, 0, 5],
                byteCount: 0,
                checksum: .max
            )
        }
        let header = EnvelopeHeader(term: Term(1), cause: 0, tensors: tensors, transfer: 8, body: .message(.leave))
        #expect(try EnvelopeHeader(decoding: header.encoded()) == header)
        let chunk = EnvelopeHeader(
            body: .chunk(Chunk(transfer: 1, tensor: 4095, offset: .max - 1, total: .max, checksum: 5))
        )
        #expect(try EnvelopeHeader(decoding: chunk.encoded()) == chunk)
    }

    @Test func `times below a nanosecond are cut off`() throws {
        let welcome = Welcome(heartbeat: Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999), job: "")
        let back = try EnvelopeHeader(decoding: header(.welcome(welcome)).encoded())
        #expect(back.body == .message(.welcome(Welcome(heartbeat: .nanoseconds(1_000_000_001), job: ""))))
    }

    @Test func `another version is refused by name`() throws {
        var bytes = try header(.leave).encoded()
        #expect(Array(bytes[..<2]) == [8, 3])
        bytes[1] = 7
        let expected = WireError.version(found: 7, ours: 3)
        #expect(expected.message.contains("version 7, where this process speaks version 3"))
        #expect(throws: expected) { try EnvelopeHeader(decoding: bytes) }
        // Another version may mean anything by the rest.
        #expect(throws: expected) { try EnvelopeHeader(decoding: [8, 7, 0xff, 0xff, 0xff]) }
        // Without the field, the version is 0.
        #expect(throws: WireError.version(found: 0, ours: 3)) { try EnvelopeHeader(decoding: []) }
    }

    @Test func `a sender refuses what a receiver would refuse`() {
        let absurd: [Message] = [
            .join(JoinRequest(name: "a\0b", process: 1, threads: 1, fingerprint: "")),
            .join(JoinRequest(name: "a", process: -1, threads: 1, fingerprint: "")),
            .join(JoinRequest(name: "a", process: 1, threads: -1, fingerprint: "")),
            .join(JoinRequest(name: String(repeating: "a", count: 1025), process: 1, threads: 1, fingerprint: "")),
            .grant(Lease(id: LeaseID(1), round: RoundID(1), blocks: -2..<3)),
            .heartbeat(Heartbeat(lease: nil, finishedBlocks: .min)),
            .welcome(Welcome(heartbeat: .seconds(-1), job: "")),
            .welcome(Welcome(heartbeat: .seconds(Int64.max), job: "")),
            .welcome(Welcome(heartbeat: .zero, job: String(repeating: "a", count: 1 << 20))),
            .round(RoundNotice(round: RoundID(1), kind: "", parameters: [], attached: [0])),
            .round(RoundNotice(round: RoundID(1), kind: "", parameters: [], attached: [-1])),
            .partial(PartialNotice(lease: Samples.lease, checksum: 0, readings: Readings(before: -1))),
            .partial(PartialNotice(lease: Samples.lease, checksum: 0, readings: Readings(before: 1 << 32))),
            .partial(
                PartialNotice(
                    lease: Samples.lease,
                    checksum: 0,
                    readings: Readings((0...32_768).map { Reading(dataset: 1, stretch: $0, digest: 1) })
                )
            ),
        ]
        for message in absurd {
            #expect { try header(message).encoded() } throws: { ($0 as? WireError)?.code == .malformed }
        }
    }

    /// Protobuf by hand: a field with a varint or with bytes.
    private func field(_ number: Int, _ value: UInt64) -> [UInt8] { varint(UInt64(number << 3)) + varint(value) }
    private func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(UInt64(number << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
    }
    private func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
    }

    private func refusal(_ rest: [UInt8]) -> String {
        do {
            _ = try EnvelopeHeader(decoding: field(1, 3) + rest)
            return "accepted"
        } catch {
            return error.code == .malformed ? error.message : "\(error.code)"
        }
    }

    @Test func `what breaks a bound is refused with its reason`() {
        #expect(refusal([]).contains("without a body"))
        #expect(refusal(field(63, 1)).contains("without a body"))
        #expect(refusal(field(35, field(3, 9) + field(4, 5))).contains("from block 9 to block 5"))
        #expect(refusal(field(35, field(3, .max))).contains("first block is 18446744073709551615"))
        #expect(refusal(field(18, [])).contains("a lease that is missing"))
        let lease = field(1, [])
        #expect(refusal(field(18, lease + field(6, 1 << 32))).contains("4294967296 readings"))
        #expect(refusal(field(18, lease + field(5, field(2, 1)))).contains("a digest for each stretch"))
        #expect(refusal(field(18, lease + field(5, []))).contains("a digest for each stretch"))
        let many = field(2, [UInt8](repeating: 1, count: 32_769)) + field(3, [UInt8](repeating: 1, count: 32_769 * 8))
        #expect(refusal(field(18, lease + field(5, many))).contains("more than 32768 readings"))
        #expect(refusal(field(33, field(1, 9))).contains("unknown code 9"))
        #expect(refusal(field(32, field(1, .max))).contains("-1 ns"))
        #expect(refusal(field(16, field(1, [0xff, 0xfe]))).contains("not UTF-8"))
        #expect(refusal(field(34, field(4, 0))).contains("parameter 0 is attached"))
        #expect(refusal(field(20, []) + Array(repeating: [34, 0], count: 4097).joined()).contains("4097 tensors"))
        #expect(refusal(field(20, []) + field(4, [])).contains("unknown type 0"))
        #expect(refusal(field(20, []) + field(5, 1)).contains("a transfer of no tensors"))
        let overflowing = field(2, 2) + field(3, 1 << 40) + field(3, 1 << 40) + field(4, 0)
        #expect(refusal(field(20, []) + field(4, overflowing)).contains("cannot have 0 bytes"))
        let huge = field(2, 5) + field(3, 1 << 60) + field(4, 1 << 60)
        #expect(refusal(field(20, []) + field(4, huge)) == "accepted")
        #expect(refusal(field(48, field(3, 5) + field(4, 5))).contains("transfer 0"))
        #expect(refusal(field(48, field(1, 1) + field(3, 5) + field(4, 5))).contains("byte 5 of 5"))
        #expect(refusal([UInt8](repeating: 0, count: WireLimit.envelopeBytes)).contains("an envelope of 1048578"))
    }

    @Test func `as many parts as are allowed are read, and far more are not even made`() throws {
        let shape = [Int](repeating: 1, count: WireLimit.dimensions)
        let tensors = (0..<WireLimit.elements).map { place in
            let name = String(repeating: "n", count: 200) + "\(place)"
            return TensorHeader(name: name, elementType: .float64, shape: shape, byteCount: 8, checksum: .max)
        }
        let header = EnvelopeHeader(term: Term(.max), tensors: tensors, transfer: 1, body: .message(.leave))
        let bytes = try header.encoded()
        #expect(bytes.count > WireLimit.envelopeBytes / 10 * 8)
        #expect(try EnvelopeHeader(decoding: bytes) == header)
        let many = [UInt8](repeating: 34, count: 1_000_000).enumerated().map { $0.offset % 2 == 0 ? $0.element : 0 }
        #expect(refusal(field(20, []) + many).contains("more parts than are allowed"))
        let lengths = [UInt8](repeating: 1, count: 1_000_000)
        #expect(refusal(field(20, []) + field(4, field(3, lengths))).contains("more parts than are allowed"))
    }

    @Test func `random bytes never trap`() {
        var random = SeededGenerator(seed: 1)
        var refused = 0
        for _ in 0..<5000 {
            var bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes = [8, 3] + bytes }
            if (try? EnvelopeHeader(decoding: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 4000)
    }

    @Test func `damaged encodings never trap`() throws {
        var random = SeededGenerator(seed: 2)
        let tensors = [TensorHeader(name: "t", elementType: .int64, shape: [2, 3], byteCount: 48, checksum: 1)]
        var encodings: [[UInt8]] = []
        for message in Samples.messages {
            let header = EnvelopeHeader(term: Term(3), cause: 4, tensors: tensors, body: .message(message))
            let bytes = try header.encoded()
            if bytes.count < 1000 { encodings.append(bytes) }
        }
        var refused = 0
        for turn in 0..<10_000 {
            var bytes = encodings[turn % encodings.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.removeSubrange(place...)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            if (try? EnvelopeHeader(decoding: bytes)) == nil { refused += 1 }
        }
        #expect(refused > 2000)
    }
}
