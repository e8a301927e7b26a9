import Tensors

/// How far heads of several trainings agree, without any truth: which clusters of one are which of another, and how alike
/// the labels are; METHODS §17.5.
package struct HeadAgreement: Sendable, Equatable {
    /// For each head the mean adjusted Rand index of its labels with those of each other head; 1 where it is alone.
    package let agreements: [Double]
    /// The head that agrees best with the others; the earliest of equals.
    package let reference: Int
    /// For each head and each cluster of the reference: the cluster that shares the most rows with it, one to one.
    let clusters: [[Int]]

    /// - Parameters:
    ///   - labels: of the same rows by each head.
    ///   - count: clusters of each head.
    init(labels: [[Int32]], clusters count: Int) throws(ClusteringError) {
        let wide = labels.map { $0.map(Int64.init) }
        var sums = [Double](repeating: 0, count: labels.count)
        for first in labels.indices {
            for second in labels.indices where second > first {
                let index = try ContingencyTable(labels: wide[first], truth: wide[second]).adjustedRandIndex()
                sums[first] += index
                sums[second] += index
            }
        }
        agreements = labels.count == 1 ? [1] : sums.map { $0 / Double(labels.count - 1) }
        var best = 0
        for (head, agreement) in agreements.enumerated() where agreement > agreements[best] { best = head }
        reference = best
        var clusters: [[Int]] = []
        for own in wide { clusters.append(try Self.match(wide[best], own, count)) }
        self.clusters = clusters
    }

    private static func match(_ reference: [Int64], _ own: [Int64], _ count: Int) throws(ClusteringError) -> [Int] {
        let table = try ContingencyTable(labels: reference, truth: own)
        var weights = [[ContingencyTable.Entry]](repeating: [], count: count)
        for (cluster, label) in table.clusters.enumerated() {
            weights[Int(label)] = table.entries(ofCluster: cluster).map {
                ContingencyTable.Entry(column: Int(table.classes[$0.column]), count: $0.count)
            }
        }
        let assignment = MaximumAssignment(weights: weights, columnCount: count)
        return assignment.columnOfRow.map { $0 ?? 0 }
    }
}

extension Head {
    /// Several heads of one shape as one, whose logits are the means of theirs: a head as wide as all together.
    /// - Parameter clusters: of each head the clusters that are averaged, in order, as `HeadAgreement` matches them.
    init(consensusOf heads: [Head], matched clusters: [[Int]]) {
        let parts = heads.map(\.shape)
        let shape = HeadShape(
            inputs: parts[0].inputs,
            hidden: parts.reduce(0) { $0 + $1.width },
            clusters: parts[0].clusters
        )
        var parameters: [Float] = []
        parameters.reserveCapacity(shape.parameterCount)
        for part in [\HeadShape.firstWeights, \.firstBias, \.gains, \.shifts] {
            for head in heads { parameters += head.parameters[head.shape[keyPath: part]] }
        }
        let share = Float(heads.count)
        for cluster in 0..<shape.clusters {
            for (number, head) in heads.enumerated() {
                let start = head.shape.lastWeights.lowerBound + clusters[number][cluster] * head.shape.features
                parameters += head.parameters[start..<start + head.shape.features].map { $0 / share }
            }
        }
        for cluster in 0..<shape.clusters {
            var bias: Float = 0
            for (number, head) in heads.enumerated() {
                bias += head.parameters[head.shape.lastBias.lowerBound + clusters[number][cluster]]
            }
            parameters.append(bias / share)
        }
        self.init(
            name: heads[0].name,
            shape: shape,
            parameters: parameters,
            runningMeans: heads.flatMap(\.runningMeans),
            runningVariances: heads.flatMap(\.runningVariances)
        )
    }
}

extension HeadAgreement: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        agreements = try reader.readNumbers()
        reference = try reader.read()
        clusters = try (0..<agreements.count).map { _ in try reader.readNumbers() }
        let count = clusters.first?.count ?? 0
        guard clusters.indices.contains(reference),
            clusters.allSatisfy({ $0.count == count && $0.allSatisfy((0..<count).contains) })
        else { throw ClusteringError.modelUnreadable }
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(numbers: agreements)
        writer.write(reference)
        for list in clusters { writer.write(numbers: list) }
    }
}
