import Coordination
import Testing

@testable import Wire

struct TransferTests {
    private let peer = WorkerID(5)

    /// The frames of the messages that carry an envelope.
    private func messages(_ tensors: [WireTensor], transfer: UInt64 = 1) throws -> [[[UInt8]]] {
        try EnvelopeEncoder(Samples.envelope(tensors), transfer: transfer).messages.map { $0.map(\.bytes) }
    }

    /// What a receiver makes of the messages of an envelope.
    private func receive(
        _ messages: [[[UInt8]]],
        _ assembler: inout TransferAssembler
    ) throws -> [WireTensor] {
        for message in messages {
            let header = try EnvelopeHeader(decoding: message[0])
            switch header.body {
            case .chunk(let chunk):
                #expect(message.count == 2 && message[1].count <= WireLimit.chunkBytes)
                try assembler.add(chunk, MessageBuffer(message[1]), from: peer)
            case .message:
                guard header.transfer != 0 else {
                    return try zip(header.tensors, message.dropFirst()).map { try unsafe $0.tensor(of: $1.span.bytes) }
                }
                return try assembler.finish(header.transfer, header.tensors, from: peer)
            }
        }
        return []
    }

    @Test(
        arguments: [
            [], [0], [1], [65_535], [65_536], [65_537], [30_000, 35_536], [30_000, 35_537], [0, 70_000, 0, 1, 0],
            [1_048_575], [1_048_576], [1_048_577], [2_097_152, 3, 2_097_153],
        ] as [[Int]]
    )
    func `payloads of all sizes come back as they were`(sizes: [Int]) throws {
        let tensors = sizes.enumerated().map { Samples.tensor($1, named: "t\($0)") }
        let messages = try messages(tensors, transfer: 3)
        var assembler = TransferAssembler()
        #expect(try receive(messages, &assembler) == tensors)
        #expect(assembler.heldBytes(of: peer) == 0)
        let total = sizes.reduce(0, +)
        #expect(messages.count == (total <= 65_536 ? 1 : 1 + sizes.reduce(0) { $0 + ($1 + 1_048_575) >> 20 }))
    }

    private func chunk(
        _ bytes: [UInt8],
        transfer: UInt64 = 1,
        tensor: Int = 0,
        at offset: Int = 0,
        of total: Int,
        after checksum: UInt32 = 0,
        to assembler: inout TransferAssembler
    ) throws {
        let sum = Checksum.crc32c(over: bytes[...], continuing: checksum)
        let chunk = Chunk(transfer: transfer, tensor: tensor, offset: offset, total: total, checksum: sum)
        try assembler.add(chunk, MessageBuffer(bytes), from: peer)
    }

    private func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "accepted"
    }

    @Test func `a chunk that is not the next is refused and its transfer dropped`() throws {
        let wrong: [(Int, Int, Int, String)] = [
            (0, 0, 9, "where byte 3 comes next"),  // again
            (0, 2, 9, "where byte 3 comes next"),  // overlapping
            (0, 5, 9, "where byte 3 comes next"),  // out of order
            (0, 3, 8, "another tensor size"),
            (1, 0, 9, "before tensor 0 is complete"),
            (0, 7, 9, "where byte 3 comes next"),
        ]
        for (tensor, offset, total, expected) in wrong {
            var assembler = TransferAssembler()
            try chunk([1, 2, 3], of: 9, to: &assembler)
            #expect(assembler.heldBytes(of: peer) == 3)
            let why = reason { try chunk([4, 5, 6], tensor: tensor, at: offset, of: total, to: &assembler) }
            #expect(why.contains(expected))
            #expect(assembler.heldBytes(of: peer) == 0)
        }
    }

    @Test func `a chunk beyond its tensor, or an empty one, is refused`() {
        var assembler = TransferAssembler()
        #expect(reason { try chunk([1, 2, 3], of: 2, to: &assembler) }.contains("a chunk of 3 bytes"))
        #expect(reason { try chunk([], of: 2, to: &assembler) }.contains("a chunk of 0 bytes"))
    }

    @Test func `what a chunk announces is refused before anything is held`() throws {
        var assembler = TransferAssembler()
        #expect(reason { try chunk([1], of: 1 << 60, to: &assembler) }.contains("1152921504606846976 bytes"))
        #expect(reason { try chunk([1], of: .max, to: &assembler) }.contains("bytes, where"))
        assembler.limit = 100
        try chunk([1], transfer: 1, of: 60, to: &assembler)
        #expect(reason { try chunk([1], transfer: 2, of: 101, to: &assembler) }.contains("where 100 more are allowed"))
        try chunk([1], transfer: 3, of: 40, to: &assembler)
        #expect(assembler.heldBytes(of: peer) == 2)
        // Together they would announce more: the older ones have been given up.
        try chunk([1], transfer: 4, of: 61, to: &assembler)
        #expect(assembler.heldBytes(of: peer) == 1)
        assembler.drop(peer)
        #expect(assembler.heldBytes(of: peer) == 0)
        try chunk([1], transfer: 4, of: 100, to: &assembler)
    }

    @Test func `what is announced takes no memory before it arrives`() throws {
        // Far more than any machine has: asking for it would end the process.
        var assembler = TransferAssembler(limit: .max)
        for transfer in 1...4 as ClosedRange<UInt64> {
            try chunk([1, 2, 3], transfer: transfer, of: 1 << 58, to: &assembler)
        }
        #expect(assembler.heldBytes(of: peer) == 12)
        let first = Checksum.crc32c(over: [1, 2, 3])
        try chunk(Samples.bytes(1 << 20), transfer: 2, at: 3, of: 1 << 58, after: first, to: &assembler)
        #expect(assembler.heldBytes(of: peer) == 12 + (1 << 20))
    }

    @Test func `a peer has four unfinished transfers at most, and the one that was still longest is given up`() throws {
        var assembler = TransferAssembler()
        let first = Checksum.crc32c(over: [1])
        for transfer in 1...4 {
            try chunk([1], transfer: UInt64(transfer), of: 3, to: &assembler)
        }
        try chunk([2], transfer: 1, at: 1, of: 3, after: first, to: &assembler)
        try chunk([1], transfer: 5, of: 3, to: &assembler)
        #expect(assembler.heldBytes(of: peer) == 5)
        #expect(reason { try chunk([2], transfer: 2, at: 1, of: 3, after: first, to: &assembler) }.contains("byte 0"))
        for transfer in [3, 4, 5] as [UInt64] {
            try chunk([2], transfer: transfer, at: 1, of: 3, after: first, to: &assembler)
        }
    }

    @Test func `chunks that their own message overtook keep no later transfer from being finished`() throws {
        var assembler = TransferAssembler()
        for transfer in 1...20 as ClosedRange<UInt64> {
            let tensor = Samples.tensor(100_000)
            let messages = try messages([tensor], transfer: transfer)
            if transfer % 5 == 0 {
                #expect(try receive(messages, &assembler) == [tensor])
                #expect(assembler.heldBytes(of: peer) == 0)
            } else {
                let overtaken = Array(messages.reversed())
                #expect(reason { _ = try receive([overtaken[0]], &assembler) }.contains("has no chunks"))
                _ = try receive([overtaken[1]], &assembler)
                #expect(assembler.heldBytes(of: peer) <= 400_000)
            }
        }
    }

    @Test func `a transfer is finished although another began after it`() throws {
        var assembler = TransferAssembler()
        let one = try messages([Samples.tensor(1_500_000)], transfer: 1)
        let two = try messages([Samples.tensor(100_000)], transfer: 2)
        _ = try receive([one[0], two[0], one[1]], &assembler)
        #expect(try receive([two[1]], &assembler) == [Samples.tensor(100_000)])
        #expect(try receive([one[2]], &assembler) == [Samples.tensor(1_500_000)])
        #expect(assembler.heldBytes(of: peer) == 0)
    }

    @Test func `damaged bytes are found`() throws {
        var messages = try messages([Samples.tensor(1_500_000)])
        messages[1][1][77] ^= 4
        var assembler = TransferAssembler()
        #expect(reason { _ = try receive(messages, &assembler) }.contains("does not match its checksum"))
        messages = try self.messages([Samples.tensor(100)])
        messages[0][1][50] ^= 4
        #expect(reason { _ = try receive(messages, &assembler) }.contains("'sums' does not match its checksum"))
    }

    @Test func `an unfinished transfer, or another one, is no message`() throws {
        let messages = try messages([Samples.tensor(1_500_000)])
        var assembler = TransferAssembler()
        #expect(reason { _ = try receive([messages[0], messages[2]], &assembler) }.contains("is not the one"))
        #expect(reason { _ = try receive([messages[2]], &assembler) }.contains("has no chunks"))
        var more = try self.messages([Samples.tensor(70_000), Samples.tensor(8)])
        let less = try self.messages([Samples.tensor(70_000)])
        more[more.count - 1] = less[less.count - 1]
        #expect(reason { _ = try receive(more, &assembler) }.contains("more tensors than its message"))
    }

    @Test func `a tensor that is not what its shape says is not sent`() {
        let tensor = WireTensor(name: "x", shape: [2], .float64([0]))
        #expect(throws: WireError.self) { try EnvelopeEncoder(Samples.envelope([tensor]), transfer: 1) }
        let overflowing = WireTensor(name: "x", shape: [.max, .max], .float64([]))
        #expect(!overflowing.isValid)
        #expect(!WireTensor(name: "x", shape: [-1, -1], .uint8([0])).isValid)
        #expect(WireTensor(name: "x", shape: [], .float32([0])).isValid)
    }
}

extension Samples {
    static func envelope(_ tensors: [WireTensor]) -> Envelope { envelope(.grant(lease), tensors) }
}
