import Foundation
import Testing

@testable import Clustering

/// The metrics against their definitions over rows and pairs of rows, which know nothing of tables.
@Suite struct DefinitionTests {
    struct Labelling: Sendable, CustomTestStringConvertible {
        let labels: [Int64]
        let truth: [Int64]
        var testDescription: String { "\(labels) / \(truth)" }

        init(seed: UInt64, rows: Int, clusters: UInt64, classes: UInt64) {
            var random = SplitMix(seed: seed)
            labels = (0..<rows).map { _ in Int64(random.next() % clusters) - 2 }
            truth = (0..<rows).map { _ in Int64(random.next() % classes) }
        }
    }

    static let labellings = [
        Labelling(seed: 1, rows: 2, clusters: 2, classes: 2), Labelling(seed: 2, rows: 12, clusters: 3, classes: 4),
        Labelling(seed: 3, rows: 40, clusters: 9, classes: 3), Labelling(seed: 4, rows: 60, clusters: 2, classes: 20),
        Labelling(seed: 5, rows: 60, clusters: 60, classes: 60),
    ]

    @Test(arguments: labellings)
    func `BCubed is the mean over rows of what each row sees`(_ labelling: Labelling) throws {
        let (labels, truth) = (labelling.labels, labelling.truth)
        var precision = 0.0
        var recall = 0.0
        for row in labels.indices {
            let sameCluster = labels.indices.filter { labels[$0] == labels[row] }
            let sameClass = labels.indices.filter { truth[$0] == truth[row] }
            let both = Double(Set(sameCluster).intersection(sameClass).count)
            precision += both / Double(sameCluster.count) / Double(labels.count)
            recall += both / Double(sameClass.count) / Double(labels.count)
        }
        let bcubed = try ContingencyTable(labels: labels, truth: truth).bcubed()
        #expect(abs(bcubed.precision - precision) < 1e-12)
        #expect(abs(bcubed.recall - recall) < 1e-12)
    }

    @Test(arguments: labellings)
    func `the Rand index counts pairs`(_ labelling: Labelling) throws {
        var pairs = 0.0
        var inBoth = 0.0
        var inCluster = 0.0
        var inClass = 0.0
        for first in labelling.labels.indices {
            for second in labelling.labels.indices where second > first {
                let isClusterShared = labelling.labels[first] == labelling.labels[second]
                let isClassShared = labelling.truth[first] == labelling.truth[second]
                pairs += 1
                if isClusterShared && isClassShared { inBoth += 1 }
                if isClusterShared { inCluster += 1 }
                if isClassShared { inClass += 1 }
            }
        }
        let expected = inCluster * inClass / pairs
        let index = (inBoth - expected) / ((inCluster + inClass) / 2 - expected)
        let table = try ContingencyTable(labels: labelling.labels, truth: labelling.truth)
        #expect(abs(table.adjustedRandIndex() - (index.isNaN ? 1 : index)) < 1e-12)
    }

    @Test func `expected information is the mean over every way to deal the rows`() throws {
        // Sizes 1, 2, 3 against 2, 4: every arrangement of the second partition over six rows.
        let labels: [Int64] = [0, 1, 1, 2, 2, 2]
        var sum = 0.0
        var arrangements = 0.0
        for code in 0..<64 {
            let truth = Digits.of(code, base: 2, length: 6).map { Int64($0) }
            guard truth.reduce(0, +) == 2 else { continue }
            sum += try ContingencyTable(labels: labels, truth: truth).mutualInformation()
            arrangements += 1
        }
        let expected = ExpectedMutualInformation(total: 6).value([1, 2, 3], [2, 4])
        #expect(arrangements == 15)
        #expect(abs(expected - sum / arrangements) < 1e-14)
    }

    @Test func `expected information keeps its digits for a million rows`() {
        // Independent partitions: for large cells the expectation approaches (R − 1)(C − 1) / 2n.
        let sizes = [Int](repeating: 320_000, count: 4)
        let expected = ExpectedMutualInformation(total: 1_280_000).value(sizes, sizes)
        let limit = 9.0 / 2 / 1_280_000
        #expect(abs(expected / limit - 1) < 1e-4)
    }

    @Test func `two billion rows do not overflow the expectation`() {
        let sizes = [1 << 30, 1 << 30]
        let expected = ExpectedMutualInformation(total: 1 << 31).value(sizes, sizes)
        let limit = 0.5 / Double(1 << 31)
        #expect(abs(expected / limit - 1) < 1e-3)
    }
}
