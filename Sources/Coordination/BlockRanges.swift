/// A set of block numbers, kept as sorted ranges that neither touch nor overlap.
package struct BlockRanges: Hashable, Sendable, CustomStringConvertible {
    package private(set) var ranges: [Range<Int>] = []

    package init() {}

    package init(_ range: Range<Int>) {
        insert(range)
    }

    package var isEmpty: Bool { ranges.isEmpty }

    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Adds every block of `range`. O(ranges).
    package mutating func insert(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var merged = range
        var kept: [Range<Int>] = []
        for other in ranges {
            if other.upperBound < merged.lowerBound || other.lowerBound > merged.upperBound {
                kept.append(other)
            } else {
                merged = min(other.lowerBound, merged.lowerBound)..<max(other.upperBound, merged.upperBound)
            }
        }
        let place = kept.firstIndex { $0.lowerBound > merged.lowerBound } ?? kept.endIndex
        kept.insert(merged, at: place)
        ranges = kept
    }

    /// Removes every block of `range` that is in the set. O(ranges).
    package mutating func remove(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        ranges = ranges.flatMap { other -> [Range<Int>] in
            guard other.overlaps(range) else { return [other] }
            let before = other.lowerBound..<max(other.lowerBound, range.lowerBound)
            let after = min(other.upperBound, range.upperBound)..<other.upperBound
            return [before, after].filter { !$0.isEmpty }
        }
    }

    /// Whether every block of `range` is in the set.
    package func contains(_ range: Range<Int>) -> Bool {
        range.isEmpty || ranges.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }

    /// Whether any block of `range` is in the set.
    package func overlaps(_ range: Range<Int>) -> Bool {
        ranges.contains { $0.overlaps(range) }
    }

    /// The first stretch of the set inside `window`, cut to at most `limit` blocks; nil when there is none.
    package func first(in window: Range<Int>, limit: Int) -> Range<Int>? {
        for range in ranges {
            let inside = range.clamped(to: window)
            if !inside.isEmpty { return inside.prefix(limit) }
        }
        return nil
    }

    /// The end of the longest stretch, cut to at most `limit` blocks: what a worker takes that has run out of its own.
    package func lastOfLongest(limit: Int) -> Range<Int>? {
        guard let longest = ranges.max(by: { ($0.count, $0.lowerBound) < ($1.count, $1.lowerBound) }) else {
            return nil
        }
        return longest.suffix(limit)
    }

    /// The end of the last stretch, cut to at most `limit` blocks; nil when there is none.
    package func last(limit: Int) -> Range<Int>? { ranges.last?.suffix(limit) }

    package var description: String {
        ranges.map(\.blockDescription).joined(separator: ",")
    }
}

extension Range<Int> {
    /// Block numbers as people write them, both ends included: `0-3`, or `7` alone.
    package var blockDescription: String {
        count == 1 ? "\(lowerBound)" : "\(lowerBound)-\(upperBound - 1)"
    }
}
