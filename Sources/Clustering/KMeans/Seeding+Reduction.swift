import Tensors

extension KMeans {
    private static let reductionIterations = 20

    /// K centroids of weighted candidates: weighted k-means++, then weighted iterations of Lloyd.
    ///
    /// Done by the coordinator alone, in one fixed order.
    func reduce(_ candidates: Matrix, weights: [Double], restart: Int) throws -> Matrix {
        var centroids = choose(settings.clusters, of: candidates, weights: weights, restart: restart)
        let path = try KernelPath.selected
        let rows = ExactRows(candidates)
        for _ in 0..<Self.reductionIterations {
            let packed = PackedCentroids(centroids, metric: settings.metric, path: path)
            var assignment = Assignment(for: packed)
            var labels = [Int32](repeating: 0, count: candidates.rows)
            var labelSpan = labels.mutableSpan
            assignment.assign(rows, to: packed, labels: &labelSpan)
            let next = weightedMeans(of: candidates, weights: weights, labels: labels, otherwise: centroids)
            if next == centroids { break }
            centroids = next
        }
        return centroids
    }

    /// The race of `Race`, among candidates and with D² times their weight.
    private func choose(_ count: Int, of candidates: Matrix, weights: [Double], restart: Int) -> Matrix {
        var squares = [Double](repeating: 1, count: candidates.rows)
        var distances = squares
        var chosen: [Int] = []
        for step in 0..<count {
            let winner = winner(of: zip(squares, weights).map { $0 * $1 }, restart: restart, step: step)
            let taken = Set(chosen)
            chosen.append(winner ?? squares.indices.first { !taken.contains($0) } ?? 0)
            candidates.withRow(chosen[step]) { centre in
                var span = distances.mutableSpan
                DirectDistances.squaredDistances(candidates.values.span, toRow: centre, into: &span)
            }
            squares = step == 0 ? distances : zip(squares, distances).map { min($0, $1) }
        }
        return Matrix(rows: count, columns: candidates.columns, values: chosen.flatMap { candidates.row($0) })
    }

    private func winner(of chances: [Double], restart: Int, step: Int) -> Int? {
        let random = random(.reduction, restart: restart, step: step)
        var best = BestList(capacity: 1, order: .ascending)
        for (index, chance) in chances.enumerated() where chance > 0 {
            var draws = random.draws(forRow: UInt64(index))
            best.offer(score: draws.exponential() / chance, index: index)
        }
        return best.entries.first?.index
    }

    private func weightedMeans(
        of candidates: Matrix,
        weights: [Double],
        labels: [Int32],
        otherwise centroids: Matrix
    ) -> Matrix {
        let columns = candidates.columns
        var sums = [Double](repeating: 0, count: centroids.rows * columns)
        var totals = [Double](repeating: 0, count: centroids.rows)
        for (index, label) in labels.enumerated() {
            totals[Int(label)] += weights[index]
            for column in 0..<columns {
                sums[Int(label) * columns + column] += weights[index] * Double(candidates[index, column])
            }
        }
        var means = centroids
        for cluster in 0..<centroids.rows {
            let sum = sums[cluster * columns..<(cluster + 1) * columns]
            let length =
                settings.metric == .cosine ? sum.reduce(0) { $0 + $1 * $1 }.squareRoot() : totals[cluster]
            guard length > 0 else { continue }
            for (column, value) in sum.enumerated() { means[cluster, column] = Float(value / length) }
        }
        return means
    }
}
