import Testing

@testable import Clustering

@Suite struct RecallEstimateTests {
    @Test func `Queries that found everything leave room for those that were not asked`() {
        let estimate = RecallEstimate(found: [Int](repeating: 10, count: 100), k: 10)
        #expect(estimate.value == 1 && estimate.upper == 1)
        // Wilson's for 100 of 100: n / (n + z²).
        #expect(abs(estimate.lower - 100 / (100 + 3.841459)) < 1e-6)
    }

    @Test func `Independent neighbours count as so many trials, those that fail together as one`() {
        // Of 400 queries half found one of two: the variance of one trial is ¼, of a mean of two ⅛.
        let together = RecallEstimate(found: (0..<400).map { $0.isMultiple(of: 2) ? 2 : 0 }, k: 2)
        let apart = RecallEstimate(found: (0..<400).map { [0, 1, 1, 2][$0 % 4] }, k: 2)
        #expect(together.value == 0.5 && apart.value == 0.5)
        let ratio = (together.upper - together.lower) / (apart.upper - apart.lower)
        #expect(abs(ratio - 2.0.squareRoot()) < 0.01)
        #expect(abs(together.upper - together.lower - 2 * 1.96 * (0.25 / 400).squareRoot()) < 0.001)
    }

    @Test func `The curve is that of each number of probes by itself`() {
        let ranks = [[0, 0, 3], [1, 0, 2], [0, 4, 4]]
        let curve = RecallCurve(ranks: ranks, cells: 6)
        for probes in 1...6 {
            let found = ranks.map { $0.count { $0 < probes } }
            #expect(curve.estimates[probes - 1] == RecallEstimate(found: found, k: 3))
        }
        #expect(curve.leastProbes(for: 1) == 6)
    }

    @Test func `The fewest probes are those whose lower bound reaches the target`() {
        // Recalls of 4, 5, 6, 7 and 9 ninths, and so many queries that each interval is narrow.
        let ranks = (0..<900).map { [[0, 0, 3], [1, 0, 2], [0, 4, 4]][$0 % 3] }
        let curve = RecallCurve(ranks: ranks, cells: 6)
        for (target, probes) in [(0.3, 1), (0.5, 2), (0.6, 3), (0.66, 4), (0.7, 4), (0.99, 5), (1, 6)] {
            #expect(curve.leastProbes(for: target) == probes, "\(target)")
        }
    }
}
