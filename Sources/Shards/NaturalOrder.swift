extension String {
    /// Whether the name comes before another when the numbers in both are compared as numbers: `emb_9` before `emb_10`.
    ///
    /// Everything else is compared byte by byte, and so are names that differ only in leading zeros, so the order is
    /// the same on every machine and under every locale.
    package func precedesNaturally(_ other: String) -> Bool {
        var left = Array(utf8)[...]
        var right = Array(other.utf8)[...]
        while let first = left.first, let second = right.first {
            if first.isDigit, second.isDigit {
                let one = left.takeNumber()
                let two = right.takeNumber()
                if one.count != two.count { return one.count < two.count }
                if one != two { return one.lexicographicallyPrecedes(two) }
            } else {
                if first != second { return first < second }
                left.removeFirst()
                right.removeFirst()
            }
        }
        if left.isEmpty != right.isEmpty { return left.isEmpty }
        return utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension ArraySlice<UInt8> {
    /// Removes the digits at the beginning and gives those that count, without leading zeros.
    fileprivate mutating func takeNumber() -> ArraySlice<UInt8> {
        let digits = prefix(while: \.isDigit)
        self = self[digits.endIndex...]
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
