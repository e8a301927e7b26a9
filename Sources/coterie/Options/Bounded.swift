import ArgumentParser

/// Readers of values with bounds, for `@Option(transform:)`: each says what it would have taken.
enum Bounded {
    static func integer(in range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let value = Int(text), range.contains(value) else {
                let bounds =
                    range.upperBound == .max
                    ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
                throw ValidationError("give a whole number \(bounds)")
            }
            return value
        }
    }

    static func integer(from least: Int) -> @Sendable (String) throws -> Int {
        integer(in: least...Int.max)
    }

    /// A seed of 64 bits.
    @Sendable static func seed(_ text: String) throws -> UInt64 {
        guard let seed = UInt64(text) else { throw ValidationError("give a whole number from 0 to 2^64 - 1") }
        return seed
    }

    static func number(in range: ClosedRange<Double>, unit: String = "") -> @Sendable (String) throws -> Double {
        { text in
            // NaN is in no range, but `Double` also reads hexadecimal and words.
            guard let value = Double(text), value.isFinite, range.contains(value) else {
                let bounds =
                    range.upperBound == .greatestFiniteMagnitude
                    ? "of \(range.lowerBound.short) or more"
                    : "from \(range.lowerBound.short) to \(range.upperBound.short)"
                throw ValidationError("give a number \(unit.isEmpty ? "" : "of \(unit) ")\(bounds)")
            }
            return value
        }
    }
}

extension Double {
    /// Without `.0` where it is whole.
    var short: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
