import Testing

@testable import Coordination

struct BlockRangesTests {
    private static let size = 6
    private static let ranges = (0...size).flatMap { lower in (lower...size).map { lower..<$0 } }

    /// Every subset of 0 ..< size, once as a set and once as ranges built block by block.
    private static let subsets = (0..<1 << size).map { bits -> (set: Set<Int>, ranges: BlockRanges) in
        let set = Set((0..<size).filter { bits >> $0 & 1 == 1 })
        var ranges = BlockRanges()
        for block in set.sorted(by: >) { ranges.insert(block..<block + 1) }
        return (set, ranges)
    }

    private static func blocks(_ ranges: BlockRanges) -> Set<Int> { Set(ranges.ranges.joined()) }

    private static func isNormal(_ ranges: BlockRanges) -> Bool {
        ranges.ranges.allSatisfy { !$0.isEmpty }
            && zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
    }

    @Test func `Adding and removing agree with a set, for every small set and range`() {
        for (set, ranges) in Self.subsets {
            for range in Self.ranges {
                var added = ranges
                added.insert(range)
                var removed = ranges
                removed.remove(range)
                #expect(Self.blocks(added) == set.union(range) && Self.isNormal(added), "\(ranges) + \(range)")
                #expect(
                    Self.blocks(removed) == set.subtracting(range) && Self.isNormal(removed),
                    "\(ranges) - \(range)"
                )
            }
        }
    }

    @Test func `Questions agree with a set, for every small set and range`() {
        for (set, ranges) in Self.subsets {
            #expect(ranges.count == set.count && ranges.isEmpty == set.isEmpty)
            for range in Self.ranges {
                #expect(ranges.contains(range) == set.isSuperset(of: range), "\(ranges) contains \(range)")
                #expect(ranges.overlaps(range) == !set.isDisjoint(with: range), "\(ranges) overlaps \(range)")
            }
        }
    }

    @Test func `The first stretch of a window begins at its first block and is as long as it may be`() {
        for (set, ranges) in Self.subsets {
            for window in Self.ranges {
                for limit in 1...3 {
                    let expected = set.intersection(window).min().map { first in
                        (first...first + limit).first {
                            !set.contains($0) || !window.contains($0) || $0 == first + limit
                        }
                        .map { first..<$0 }
                    }
                    #expect(ranges.first(in: window, limit: limit) == expected ?? nil, "\(ranges) in \(window)")
                }
            }
        }
    }

    @Test func `Help begins at the end of the longest stretch`() {
        for (set, ranges) in Self.subsets where !set.isEmpty {
            for limit in 1...3 {
                let longest = ranges.ranges.map(\.count).max() ?? 0
                let taken = ranges.lastOfLongest(limit: limit) ?? 0..<0
                #expect(taken.count == min(limit, longest) && set.isSuperset(of: taken))
                #expect(ranges.ranges.contains { $0.count == longest && $0.upperBound == taken.upperBound })
            }
        }
        #expect(BlockRanges().lastOfLongest(limit: 1) == nil)
    }

    @Test func `Ranges are written with both ends included`() {
        var ranges = BlockRanges(0..<4)
        ranges.insert(7..<8)
        #expect(ranges.description == "0-3,7")
    }
}
