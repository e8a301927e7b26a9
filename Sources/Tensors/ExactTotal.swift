import CKernels

/// A sum of Doubles of any scale that loses no bit: every number adds its own significand to digits that cover all of
/// Double's range.
///
/// After Kulisch, *Computer Arithmetic and Validity*, 2013. The digits are to the base 2³² and stand in Int64, so that
/// 2³⁰ numbers can be added before anything must be carried. Since integers are added, no order of additions and merges
/// changes a bit, and equal sums are equal.
package struct ExactTotal: Sendable {
    private static let count = Int(ck_total_digits)
    /// What may be added between two carries: a digit then stays below 2⁶³.
    private static let mostPending = 1 << 30

    /// Least first; the first stands for multiples of 2⁻¹⁰⁷⁴.
    private var digits = [Int64](repeating: 0, count: count)
    /// No digit is 2³² · (pending + 1) or more in magnitude.
    private var pending = 0

    package init() {}

    /// Adds one number, which must be finite.
    package mutating func add(_ number: Double) {
        var number = number
        unsafe withUnsafePointer(to: &number) { unsafe add($0, count: 1) }
    }

    /// Adds numbers, which must be finite.
    package mutating func add(contentsOf numbers: Span<Double>) {
        unsafe numbers.withUnsafeBufferPointer { numbers in
            for start in stride(from: 0, to: numbers.count, by: Self.mostPending) {
                guard let first = numbers.baseAddress else { return }
                unsafe add(first + start, count: min(numbers.count - start, Self.mostPending))
            }
        }
    }

    /// Adds a product as it is, before any rounding: as the nearest Double and what is missing from it, which is a Double
    /// too. The product must be finite, and 0 or at least 2⁻⁹⁶⁸ in magnitude, below which that may have no such form.
    package mutating func add(product one: Double, _ other: Double) {
        let product = one * other
        add(product)
        add((-product).addingProduct(one, other))
    }

    private mutating func add(_ numbers: UnsafePointer<Double>, count: Int) {
        if pending + count > Self.mostPending { carry() }
        pending += count
        let areFinite = unsafe digits.withUnsafeMutableBufferPointer { digits in
            guard let first = digits.baseAddress else { return true }
            return unsafe ck_add_to_digits(first, numbers, count) != 0
        }
        precondition(areFinite, "a number that is not finite in an exact sum")
    }

    package mutating func merge(_ other: ExactTotal) {
        var other = other
        other.carry()
        carry()
        for place in digits.indices { digits[place] &+= other.digits[place] }
        pending = 1
    }

    /// Makes every digit but the last one from 0 to 2³² − 1.
    private mutating func carry() {
        for place in 0..<Self.count - 1 {
            digits[place + 1] &+= digits[place] >> 32
            digits[place] &= 0xFFFF_FFFF
        }
        pending = 0
    }

    /// The one form of this sum: digits of one sign, each but the last below 2³² in magnitude.
    private var canonical: [Int64] {
        var total = self
        total.carry()
        guard total.digits[Self.count - 1] < 0 else { return total.digits }
        for place in total.digits.indices { total.digits[place] = 0 &- total.digits[place] }
        total.carry()
        return total.digits.map { 0 &- $0 }
    }

    /// The sum as the nearest Double, ties to even; infinite where it is beyond Double's range.
    package var value: Double {
        let digits = canonical
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
        let magnitudes = digits.map(\.magnitude)
        // The highest digits, in which there are 65 bits or more, or all there are.
        let lowest = max(top - 2, 0)
        let number = (lowest...top).reversed().reduce(UInt128(0)) { $0 << 32 | UInt128(magnitudes[$1]) }
        let hasMore = magnitudes[..<lowest].contains { $0 != 0 }
        let magnitude = Self.rounded(number, hasMore: hasMore, place: lowest * 32)
        return digits[top] < 0 ? -magnitude : magnitude
    }

    /// number · 2^(place − 1074) and a little more where there is more.
    private static func rounded(_ number: UInt128, hasMore: Bool, place: Int) -> Double {
        let width = UInt128.bitWidth - number.leadingZeroBitCount
        // A Double has 53 bits, or fewer where they would be below 2⁻¹⁰⁷⁴.
        let dropped = max(width - 53, 0)
        let significand = number >> UInt128(dropped)
        let rest = number - significand << UInt128(dropped)
        let half = dropped > 0 ? UInt128(1) << UInt128(dropped - 1) : 0
        let isAbove = rest > half || rest == half && (hasMore || significand & 1 == 1)
        let kept = UInt64(significand) + (dropped > 0 && isAbove ? 1 : 0)
        // With its leading bit the significand counts one into the exponent, and one more where it was rounded up to 2⁵³.
        let bits = UInt64(place + dropped) << 52 + kept
        return Double(bitPattern: min(bits, Double.infinity.bitPattern))
    }
}

extension ExactTotal: Equatable {
    package static func == (one: Self, other: Self) -> Bool { one.canonical == other.canonical }
}

extension ExactTotal {
    /// The sum to be sent and kept: the place of the lowest digit that is not 0, and the digits from there to the highest
    /// such; nothing for 0. Equal sums have equal parts.
    package var parts: [Int64] {
        let digits = canonical
        guard let first = digits.firstIndex(where: { $0 != 0 }), let last = digits.lastIndex(where: { $0 != 0 })
        else { return [] }
        return [Int64(first)] + digits[first...last]
    }

    /// A sum made elsewhere.
    /// - Throws: `TensorError.Code.sumsInexact` for parts that no sum has.
    package init(parts: [Int64]) throws(TensorError) {
        self.init()
        guard let first = parts.first else { return }
        let numbers = parts.dropFirst()
        guard
            let lowest = numbers.first, let highest = numbers.last, lowest != 0, highest != 0,
            0...Int64(Self.count - numbers.count) ~= first,
            numbers.allSatisfy({ $0.magnitude < 1 << 32 && ($0 == 0 || ($0 < 0) == (highest < 0)) })
        else {
            throw TensorError(.sumsInexact, "total is not an exact sum: \(parts); run the same version everywhere")
        }
        digits.replaceSubrange(Int(first)..<Int(first) + numbers.count, with: numbers)
    }
}
