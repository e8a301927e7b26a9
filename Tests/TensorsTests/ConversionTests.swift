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

    /// Numbers of a type, with the bytes they are stored as, the least significant first.
    private struct Stored {
        let values: [Double]
        let bytes: [[UInt8]]

        init<Bits: FixedWidthInteger>(_ bits: [Bits], _ values: [Double]) {
            self.values = values
            bytes = bits.map { bits in (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
        }
    }

    private static func stored(_ type: ElementType) -> Stored {
        let floats: [Float] = [0, -0.0, 1.5, -3e38, .leastNonzeroMagnitude, .infinity]
        let doubles = [0, -0.0, 0.1, 1e300, -Double.leastNonzeroMagnitude, .infinity]
        let halves: [Float16] = [0, -0.0, 1.5, -65504, .leastNonzeroMagnitude, .infinity]
        return switch type {
        case .float16, .bigEndianFloat16: Stored(halves.map(\.bitPattern), halves.map(Double.init))
        case .float32, .bigEndianFloat32: Stored(floats.map(\.bitPattern), floats.map(Double.init))
        case .float64, .bigEndianFloat64: Stored(doubles.map(\.bitPattern), doubles)
        case .bfloat16: Stored([0x3FC0, 0xBF80, 0x0001, 0x7F80] as [UInt16], [1.5, -1, 0x1p-133, .infinity])
        case .bool: Stored([0, 1, 2, 255] as [UInt8], [0, 1, 1, 1])
        case .int8: Stored([0, 127, -128] as [Int8], [0, 127, -128])
        case .uint8: Stored([0, 127, 255] as [UInt8], [0, 127, 255])
        case .int16, .bigEndianInt16: Stored([1, .max, .min] as [Int16], [1, 32767, -32768])
        case .uint16, .bigEndianUInt16: Stored([1, .max] as [UInt16], [1, 65535])
        case .int32, .bigEndianInt32: Stored([1, .max, .min] as [Int32], [1, 2_147_483_647, -2_147_483_648])
        case .uint32, .bigEndianUInt32: Stored([1, .max] as [UInt32], [1, 4_294_967_295])
        }
    }

    /// Stored numbers of a type, many times over, so that vectors are filled, and one byte off any alignment.
    private static func sample(_ type: ElementType) -> (bytes: [UInt8], values: [Double]) {
        let stored = stored(type)
        let isBigEndian = type.rawValue.hasPrefix(">")
        let once = stored.bytes.flatMap { isBigEndian ? $0.reversed() : $0 }
        return ([0xAA] + (0..<29).flatMap { _ in once }, (0..<29).flatMap { _ in stored.values })
    }

    @Test(arguments: InstructionSet.available, ElementType.allCases)
    func `Every type is exact in float64`(set: InstructionSet, type: ElementType) {
        let (bytes, values) = Self.sample(type)
        var widened = [Double](repeating: -1, count: values.count)
        var span = widened.mutableSpan
        let odd = unsafe bytes.span.bytes.extracting(droppingFirst: 1)
        Conversion.widen(odd, of: type, into: &span, using: set)
        #expect(widened.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test(arguments: InstructionSet.available, ElementType.allCases)
    func `Every type is rounded to the nearest float32`(set: InstructionSet, type: ElementType) {
        let (bytes, values) = Self.sample(type)
        var widened = [Float](repeating: -1, count: values.count)
        var span = widened.mutableSpan
        let odd = unsafe bytes.span.bytes.extracting(droppingFirst: 1)
        Conversion.widen(odd, of: type, into: &span, using: set)
        #expect(widened.map(\.bitPattern) == values.map { Float($0).bitPattern })
        #expect(type.isWiderThanFloat == values.contains { Double(Float($0)) != $0 })
    }

    @Test func `Element types know numpy's name`() {
        #expect(ElementType(rawValue: "<f2") == .float16)
        #expect(ElementType(rawValue: ">f4") == .bigEndianFloat32)
        #expect(ElementType(rawValue: "<c8") == nil)
    }

    private func widen(_ halves: [UInt16], _ set: InstructionSet) -> [Float] {
        var widened = [Float](repeating: -1, count: halves.count)
        var span = widened.mutableSpan
        Conversion.widen(unsafe halves.span.bytes, of: .float16, into: &span, using: set)
        return widened
    }
}
