/// The score of two rows as it is defined: in Double, over the rows' own values, more being nearer.
///
///     cosine          Σ a·b / (‖a‖·‖b‖), each norm being √Σ x²
///     inner product   Σ a·b
///     Euclidean       −Σ (a − b)²
///
/// Each sum is over eight lanes as `DirectDistances` says, so that the bits follow from the two rows alone, whichever comes
/// first, on every machine. A score is never −0. Lists of neighbours are the best by it, ties going to the lower row.
package struct PairScores: Sendable {
    package let metric: NeighborMetric

    package init(_ metric: NeighborMetric) {
        self.metric = metric
    }

    /// Whether norms are a part of it.
    package var needsNorms: Bool { metric == .cosine }

    /// The norm of each row of a tile.
    package static func norms(of rows: Span<Float>, columns: Int) -> [Double] {
        var statistics = RowStatistics()
        statistics.measure(rows, columns: columns)
        return statistics.squaredNorms.map { $0.squareRoot() }
    }

    /// The scores of one row with each of others.
    ///
    /// - Parameters:
    ///   - norm: the row's.
    ///   - others: rows of as many columns, one after the other.
    ///   - norms: theirs, where `needsNorms`.
    ///   - scores: one for each of them.
    package func measure(
        _ row: Span<Float>,
        norm: Double,
        with others: Span<Float>,
        norms: Span<Double>,
        into scores: inout MutableSpan<Double>
    ) {
        switch metric {
        case .cosine:
            precondition(norms.count == scores.count, "\(norms.count) norms of \(scores.count) rows")
            DirectDistances.similarities(others, toRow: row, into: &scores)
            for place in scores.indices { scores[place] /= norm * norms[place] }
        case .innerProduct:
            DirectDistances.similarities(others, toRow: row, into: &scores)
        case .euclidean:
            DirectDistances.squaredDistances(others, toRow: row, into: &scores)
            for place in scores.indices { scores[place] = 0 - scores[place] }
        }
    }

    /// What is written for a score: a similarity, or under `euclidean` the distance. Rounded to Float, never −0, and a
    /// cosine never beyond 1.
    package func written(_ score: Double) -> Float {
        switch metric {
        case .cosine: min(1, max(-1, Float(score))) + 0
        case .innerProduct: Float(score) + 0
        case .euclidean: Float((0 - score).squareRoot())
        }
    }
}
