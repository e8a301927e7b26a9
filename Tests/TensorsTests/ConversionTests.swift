import Testing

@testable import Tensors

@Suite struct ConversionTests {
    @Test(arguments: InstructionSet.available)
    func `Every half becomes the float of the same value`(set: InstructionSet) {
        let halves = (0...UInt16.max).map { $0 }
        var widened = [Float](repeating: -1, count: halves.count)
        var span = widened.mutableSpan
        Conversion.widen(unsafe halves.span.bytes, of: .float16, into: &span, using: set)
        for (bits, value) in zip(halves, widened) {
            let expected = Float(Float16(bitPattern: bits))
            #expect(value == expected || (value.isNaN && expected.isNaN))
            #expect(value.sign == expected.sign)
        }
    }

    @Test(arguments: InstructionSet.available)
    func `NaNs keep their bits alike on every instruction set`(set: InstructionSet) {
        let halves: [UInt16] = Array(0x7c01...0x7cff) + Array(0xfe00...0xfeff)
        #expect(widen(halves, set).map(\.bitPattern) == widen(halves, .portable).map(\.bitPattern))
    }

    @Test(arguments: InstructionSet.available)
    func `Bytes need no alignment and lengths no multiple`(set: InstructionSet) {
        for count in [0, 1, 7, 8, 31, 33, 100] {
            let halves = (0..<count).map { Float16($0) / 8 }
            var bytes: [UInt8] = [0xAA]
            for half in halves {
                bytes.append(UInt8(truncatingIfNeeded: half.bitPattern))
                bytes.append(UInt8(half.bitPattern >> 8))
            }
            var widened = [Float](repeating: -1, count: count)
            var span = widened.mutableSpan
            let odd = unsafe bytes.span.bytes.extracting(droppingFirst: 1)
            Conversion.widen(odd, of: .float16, into: &span, using: set)
            #expect(widened == halves.map(Float.init))
        }
    }

    @Test(arguments: InstructionSet.available)
    func `Doubles are rounded to nearest and overflow to infinity`(set: InstructionSet) {
        let doubles = [0, -0.0, 0.1, -1e300, 1e-46, 0x1.000001p0, 0x1.000003p0, 0x1.fffffefp127, .pi, 1e-40, -7.5]
        var narrowed = [Float](repeating: -1, count: doubles.count)
        var span = narrowed.mutableSpan
        Conversion.widen(unsafe doubles.span.bytes, of: .float64, into: &span, using: set)
        #expect(narrowed.map(\.bitPattern) == doubles.map { Float($0).bitPattern })
    }

    @Test func `Floats are copied`() {
        let floats: [Float] = [1, -2.5, .infinity]
        var copied = [Float](repeating: 0, count: 3)
        var span = copied.mutableSpan
        Conversion.widen(unsafe floats.span.bytes, of: .float32, into: &span)
        #expect(copied == floats)
    }

    @Test func `Element types know their size and numpy's name`() {
        #expect(ElementType.allCases.map(\.byteCount) == [2, 4, 8])
        #expect(ElementType(rawValue: "<f2") == .float16)
        #expect(ElementType(rawValue: ">f4") == nil)
    }

    private func widen(_ halves: [UInt16], _ set: InstructionSet) -> [Float] {
        var widened = [Float](repeating: -1, count: halves.count)
        var span = widened.mutableSpan
        Conversion.widen(unsafe halves.span.bytes, of: .float16, into: &span, using: set)
        return widened
    }
}
