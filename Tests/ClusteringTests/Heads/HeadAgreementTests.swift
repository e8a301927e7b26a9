import Tensors
import Testing

@testable import Clustering

/// What is known of several heads without a truth, and the one head made of them.
@Suite struct HeadAgreementTests {
    @Test func `The head that agrees best with the others is the reference, and clusters are matched one to one`()
        throws
    {
        let first: [Int32] = [0, 0, 0, 1, 1, 1, 2, 2, 2]
        // The same clusters by other numbers, and two rows astray.
        let second: [Int32] = [2, 2, 2, 0, 0, 0, 1, 1, 1]
        let third: [Int32] = [1, 1, 0, 0, 0, 2, 2, 2, 2]
        let agreement = try HeadAgreement(labels: [third, first, second], clusters: 4)
        #expect(agreement.reference == 1)
        #expect(agreement.agreements[1] == agreement.agreements[2])
        #expect(agreement.agreements[0] < agreement.agreements[1])
        #expect(agreement.clusters[1] == [0, 1, 2, 3])
        #expect(agreement.clusters[2].prefix(3) == [2, 0, 1])
        #expect(agreement.clusters.allSatisfy { Set($0) == Set(0..<4) })
        #expect(try HeadAgreement(labels: [first], clusters: 3).agreements == [1])
    }

    @Test func `The consensus head's logits are the means of the heads' own, clusters matched`() throws {
        let shape = HeadShape(inputs: 5, hidden: 3, clusters: 4)
        let heads = (0..<3).map { number in
            var head = Head(name: "image", shape: shape, seed: 9, number: number)
            for index in shape.firstWeights { head.parameters[index] *= 20 }
            for index in shape.lastWeights { head.parameters[index] *= 20 }
            head.runningMeans = head.runningMeans.map { $0 + Float(number) / 10 }
            head.runningVariances = head.runningVariances.map { $0 + Float(number) / 5 }
            return head
        }
        let labels: [[Int32]] = [[0, 1, 2, 3], [3, 1, 0, 2], [1, 0, 3, 2]]
        let agreement = try HeadAgreement(labels: labels, clusters: 4)
        let consensus = Head(consensusOf: heads, matched: agreement.clusters)
        #expect(consensus.shape == HeadShape(inputs: 5, hidden: 9, clusters: 4))
        let rows = Matrix(rows: 6, columns: 5, values: (0..<30).map { Float(($0 * 7) % 11) / 5 - 1 })
        var expected = Matrix(rows: 6, columns: 4)
        for (head, map) in zip(heads, agreement.clusters) {
            var predictor = HeadPredictor(head)
            let own = predictor.probabilities(of: rows)
            for row in 0..<6 {
                for cluster in 0..<4 {
                    expected[row, cluster] += Float(DeterministicMath.log(Double(own[row, map[cluster]]))) / 3
                }
            }
        }
        expected.softmaxRows(temperature: 1)
        var predictor = HeadPredictor(consensus)
        let found = predictor.probabilities(of: rows)
        #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `An agreement is read back as it was written`() throws {
        let agreement = try HeadAgreement(labels: [[0, 1, 1], [1, 0, 0]], clusters: 3)
        var writer = ModelWriter()
        writer.write(agreement)
        var reader = ModelReader(writer.bytes)
        #expect(try reader.read(HeadAgreement.self) == agreement)
        try reader.finish()
        var short = ModelReader(Array(writer.bytes.dropLast(8)))
        #expect(throws: ClusteringError.self) { try short.read(HeadAgreement.self) }
    }
}
