/// The nearest neighbours of a few rows by their definition, every pair scored in Double: slow, and certain.
///
/// It holds k entries for each row and no more, however many pairs tie.
package struct PlainNeighborSearch: Sendable {
    /// Rows that get lists, and what else scoring them takes.
    package struct Queries: Sendable {
        /// One row after the other.
        var values: [Float] = []
        var norms: [Double] = []
        /// The row of its own that each may not find, or −1.
        var own: [Int32] = []

        package init() {}

        package var count: Int { own.count }

        package mutating func append(_ values: Span<Float>, norm: Double, own: Int32?) {
            for place in values.indices { self.values.append(values[place]) }
            norms.append(norm)
            self.own.append(own ?? -1)
        }
    }

    private let queries: Queries
    private let columns: Int
    private let pairs: PairScores
    private var lists: BestLists

    package init(_ queries: Queries, columns: Int, k: Int, metric: NeighborMetric) {
        self.queries = queries
        self.columns = columns
        pairs = PairScores(metric)
        lists = BestLists(groups: queries.count, capacity: k, order: .descending)
    }

    /// A query's list so far, best first.
    package func list(ofQuery query: Int) -> ArraySlice<BestLists.Entry> { lists[query] }

    /// Compares some of the queries with rows of the dataset.
    ///
    /// - Parameters:
    ///   - picks: which queries.
    ///   - rows: a tile of rows; few enough to stay in a cache while all queries pass.
    ///   - numbers: theirs in the dataset, none that a query has been compared with.
    package mutating func search(_ picks: some Sequence<Int>, among rows: Span<Float>, numbers: [Int32]) {
        precondition(rows.count == numbers.count * columns, "\(rows.count) values of \(numbers.count) rows")
        let norms = pairs.needsNorms ? PairScores.norms(of: rows, columns: columns) : []
        var scores = [Double](repeating: 0, count: numbers.count)
        for query in picks {
            var span = scores.mutableSpan
            pairs.measure(
                queries.values.span.extracting(query * columns..<(query + 1) * columns),
                norm: queries.norms[query],
                with: rows,
                norms: norms.span,
                into: &span
            )
            offer(scores, numbers, to: query)
        }
    }

    private mutating func offer(_ scores: [Double], _ numbers: [Int32], to query: Int) {
        let own = queries.own[query]
        var least = lists.threshold(ofGroup: query)?.score ?? -.infinity
        for (place, number) in numbers.enumerated() where scores[place] >= least && number != own {
            lists.offer(score: scores[place], index: Int(number), to: query)
            least = lists.threshold(ofGroup: query)?.score ?? -.infinity
        }
    }
}
