/// The recall of a search, from a sample of its queries.
///
/// The interval is Wilson's (*JASA* 22, 1927) for a share of independent trials. The neighbours of one query are not
/// independent, so the trials are not the neighbours but as many as would vary like the queries do: p(1 − p)·n/s², with s²
/// the variance of the recall of a query (Kish's effective sample size). It is never taken for less than the queries, since a
/// number from 0 to 1 varies by p(1 − p) at most, nor for more than the neighbours. Unlike the normal interval it has a width
/// where every query found everything.
package struct RecallEstimate: Sendable, Equatable {
    /// The mean recall of the queries.
    package let value: Double
    package let lower: Double
    package let upper: Double
    package let queries: Int

    /// The share of samples whose interval holds the recall of all rows.
    package static let confidence = 0.95
    /// Of the normal distribution, for that share on both sides.
    private static let quantile = 1.959963984540054

    /// - Parameters:
    ///   - found: how many of the k neighbours each query found; not empty.
    init(found: [Int], k: Int) {
        self.init(
            queries: found.count,
            total: found.reduce(0, +),
            squares: found.reduce(0) { $0 + $1 * $1 },
            k: k
        )
    }

    /// - Parameters:
    ///   - total: of the neighbours that the queries found.
    ///   - squares: the sum of the squares of what each found.
    init(queries: Int, total: Int, squares: Int, k: Int) {
        self.queries = queries
        let (count, scale) = (Double(queries), Double(k))
        let mean = Double(total) / (count * scale)
        // n·Σx² − (Σx)², exact in integers, so that equal queries vary by nothing.
        let spread = Double(queries * squares - total * total)
        let variance = queries > 1 ? spread / (count * (count - 1) * scale * scale) : 0
        let effective = variance > 0 ? mean * (1 - mean) * count / variance : count
        let trials = min(max(effective, count), count * scale)
        let square = Self.quantile * Self.quantile
        let centre = (mean + square / (2 * trials)) / (1 + square / trials)
        let root = (mean * (1 - mean) / trials + square / (4 * trials * trials)).squareRoot()
        let half = Self.quantile / (1 + square / trials) * root
        value = mean
        lower = max(0, min(mean, centre - half))
        upper = min(1, max(mean, centre + half))
    }
}

extension RecallEstimate: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        value = try reader.read()
        lower = try reader.read()
        upper = try reader.read()
        queries = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(value)
        writer.write(lower)
        writer.write(upper)
        writer.write(queries)
    }
}

/// The recall of a sample for every number of probes.
struct RecallCurve {
    /// For one probe, two, and so on.
    let estimates: [RecallEstimate]

    /// - Parameters:
    ///   - ranks: of each query, for each of its k neighbours, how many cells are probed before the neighbour's.
    init(ranks: [[Int]], cells: Int) {
        let k = ranks.first?.count ?? 0
        precondition(k > 0 && ranks.allSatisfy { $0.count == k }, "queries without neighbours")
        var queriesOfRank = [[Int]](repeating: [], count: cells)
        for (query, ranks) in ranks.enumerated() {
            for rank in ranks { queriesOfRank[rank].append(query) }
        }
        var found = [Int](repeating: 0, count: ranks.count)
        var (total, squares) = (0, 0)
        estimates = queriesOfRank.map { queries in
            for query in queries {
                squares += 2 * found[query] + 1
                found[query] += 1
                total += 1
            }
            return RecallEstimate(queries: ranks.count, total: total, squares: squares, k: k)
        }
    }

    /// The fewest probes for which the recall is at least the target, as far as the sample can tell; all where none are
    /// enough.
    func leastProbes(for target: Double) -> Int {
        (estimates.firstIndex { $0.lower >= target } ?? estimates.count - 1) + 1
    }
}
