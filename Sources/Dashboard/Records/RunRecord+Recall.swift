extension RunRecord {
    /// How much of the exact answer an approximate search found, as measured on a sample.
    package struct Recall: Codable, Sendable, Equatable {
        /// The neighbours of each row, k of recall@k.
        package var neighbors: Int
        /// The mean share of its exact neighbours that a sampled row found.
        package var value: Double
        /// The ends of the confidence interval.
        package var lower: Double
        package var upper: Double
        /// The share of samples whose interval holds the recall of all rows.
        package var confidence: Double
        /// Rows of the sample.
        package var queries: Int
        /// What was asked for; nil where a number of probes was.
        package var target: Double?
        /// The cells that were searched for each row, of so many.
        package var probes: Int
        package var cells: Int

        package init(
            neighbors: Int,
            value: Double,
            lower: Double,
            upper: Double,
            confidence: Double,
            queries: Int,
            target: Double?,
            probes: Int,
            cells: Int
        ) {
            self.neighbors = neighbors
            self.value = value
            self.lower = lower
            self.upper = upper
            self.confidence = confidence
            self.queries = queries
            self.target = target
            self.probes = probes
            self.cells = cells
        }
    }
}
