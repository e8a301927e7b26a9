import Testing

@testable import Wire

struct ArrivedBytesTests {
    @Test(
        arguments: [
            [], [8], [65_528, 65_536], [65_536, 8, 16, 1_048_576, 24], [16, 24, 131_072], [1_048_576, 1_048_576, 8],
        ] as [[Int]]
    )
    func `frames large and small become one array`(sizes: [Int]) {
        let frames = sizes.map { Samples.bytes($0) }
        var arrived = ArrivedBytes()
        for frame in frames { arrived.append(MessageBuffer(frame)) }
        #expect(arrived.count == sizes.reduce(0, +))
        let expected: [UInt8] = frames.flatMap(\.self)
        let numbers = arrived.numbers(.int64)
        #expect(numbers.elementType == .int64)
        #expect(OutgoingFrame.part(numbers, 0..<numbers.byteCount).bytes == expected)
    }

    @Test func `large frames are kept as they are, small ones are copied out of libzmq's memory`() {
        var arrived = ArrivedBytes()
        let small = MessageBuffer(Samples.bytes(65_535))
        let large = MessageBuffer(Samples.bytes(65_536))
        arrived.append(small)
        arrived.append(large)
        #expect(small.count == 65_535)
        #expect(large.count == 0)
        #expect(arrived.count == 131_071)
    }
}
