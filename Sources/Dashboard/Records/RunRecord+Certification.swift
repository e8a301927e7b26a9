extension RunRecord {
    /// What one round took to be certain of the labels or lists that it found.
    package struct CertifiedRound: Codable, Sendable, Equatable {
        package var rows: Int
        /// Rows that were looked at again in float32.
        package var inFloat: Int
        /// Rows that float64 decided.
        package var inDouble: Int
        /// Pairs of rows and centroids, 0 where lists were found; and those that were multiplied in whole length.
        package var pairs: Int
        package var multiplied: Int

        package init(rows: Int, inFloat: Int, inDouble: Int, pairs: Int = 0, multiplied: Int = 0) {
            self.rows = rows
            self.inFloat = inFloat
            self.inDouble = inDouble
            self.pairs = pairs
            self.multiplied = multiplied
        }
    }

    /// The share of rows that were looked at again, and of pairs that were ruled out before they were multiplied, by the
    /// rounds that found labels or lists, in the order in which they were done: of k-means one for each assignment of all
    /// rows.
    ///
    /// It depends on processors and kernels, as results do not.
    package struct Certification: Codable, Sendable, Equatable {
        package var float32: [Double]
        package var float64: [Double]
        /// Nil where lists were found, and in records of earlier builds.
        package var pruned: [Double]?

        /// - Returns: nil where there was no such round.
        package init?(_ rounds: [CertifiedRound]) {
            let rounds = rounds.filter { $0.rows > 0 }
            guard !rounds.isEmpty else { return nil }
            float32 = rounds.map { Double($0.inFloat) / Double($0.rows) }
            float64 = rounds.map { Double($0.inDouble) / Double($0.rows) }
            let hasPairs = rounds.allSatisfy { $0.pairs > 0 }
            pruned = hasPairs ? rounds.map { 1 - Double($0.multiplied) / Double($0.pairs) } : nil
        }
    }
}
