import Coordination
import Testing

@testable import Wire

struct WireNumbersTests {
    private static let samples: [WireNumbers] = [
        .float32([1, -0.0, .infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7fc0_1234)]),
        .float64([1.5, -0.0, -.greatestFiniteMagnitude, Double(bitPattern: 0x7ff8_0000_0000_4321)]),
        .int32([.min, 7, .max]),
        .int64([.min, -1, .max]),
        .uint8([0, 255, 3]),
    ]

    /// More than travels with its message, and more than one chunk.
    private static let large: [WireNumbers] = [
        .float32((0..<300_001).map { Float(bitPattern: UInt32($0) &* 2_654_435_761) }),
        .float64((0..<150_001).map { Double(bitPattern: UInt64($0) &* 0x9e37_79b9_7f4a_7c15) }),
        .int32((0..<300_001).map { Int32(truncatingIfNeeded: $0 &* 2_654_435_761) }),
        .int64((0..<150_001).map { Int64($0) << 33 }),
        .uint8(Samples.bytes(1_100_001)),
    ]

    @Test(arguments: samples + large)
    func `numbers of every kind come back bit by bit`(numbers: WireNumbers) throws {
        let count = numbers.byteCount / numbers.elementType.byteCount
        let tensor = WireTensor(name: "x", shape: [count], numbers)
        #expect(tensor.isValid)
        let peer = WorkerID(5)
        var assembler = TransferAssembler()
        for message in try EnvelopeEncoder(Samples.envelope([tensor]), transfer: 1).messages {
            let header = try EnvelopeHeader(decoding: message[0].bytes)
            if case .chunk(let chunk) = header.body {
                try assembler.add(chunk, MessageBuffer(message[1].bytes), from: peer)
            } else if header.transfer == 0 {
                #expect(try unsafe header.tensors[0].tensor(of: message[1].bytes.span.bytes) == tensor)
            } else {
                #expect(try assembler.finish(1, header.tensors, from: peer) == [tensor])
            }
        }
    }

    @Test func `numbers are the same if kind and bits are`() {
        #expect(WireNumbers.float32([.nan]) == .float32([.nan]))
        #expect(WireNumbers.float32([0]) != .float32([-0.0]))
        #expect(WireNumbers.float32([0]) != .int32([0]))
        #expect(WireNumbers.int64([]) == .int64([]))
        #expect(WireNumbers.int64([1]) != .int64([1, 1]))
    }

    @Test func `the checksum of several tensors is that of their bytes one after the other`() {
        let sizes = [1, 0, 70_000, 1_048_576, 1_048_577]
        let tensors = sizes.map { Samples.tensor($0) }
        let bytes = sizes.flatMap { Samples.bytes($0) }
        #expect(WireTensor.checksum(of: tensors) == Checksum.crc32c(over: bytes[...]))
        #expect(WireTensor.checksum(of: []) == 0)
    }
}
