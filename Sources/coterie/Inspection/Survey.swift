import Shards
import Tensors

/// What the first pass over a dataset learns: nothing here depends on a method.
struct Survey: Equatable {
    /// Rows with NaN or infinity.
    var nonFinite = RowList()
    /// Rows that are zero throughout, which have no direction.
    var zero = RowList()
    /// Of the finite rows; nil if there are none.
    var norms: Norms?

    struct Norms: Equatable, Encodable {
        var least: Double
        var mean: Double
        var greatest: Double
    }
}

/// How many rows have something in common, and the first of them.
struct RowList: Equatable {
    /// As many rows as are named.
    static let limit = 10

    private(set) var count = 0
    private(set) var first: [Int] = []

    mutating func append(_ row: Int) {
        count += 1
        if first.count < Self.limit { first.append(row) }
    }
}

/// Reads every row once.
func survey(_ dataset: Dataset) -> Survey {
    var result = Survey()
    var statistics = RowStatistics()
    var total = 0.0
    var finite = 0
    for number in 0..<dataset.blockCount {
        let block = dataset.block(number)
        statistics.measure(dataset.read(rows: block.rows).span, columns: dataset.columns)
        for (index, row) in block.rows.enumerated() {
            guard statistics.isFinite(row: index) else {
                result.nonFinite.append(row)
                continue
            }
            let norm = statistics.squaredNorms[index].squareRoot()
            if norm == 0 { result.zero.append(row) }
            finite += 1
            total += norm
            let known = result.norms ?? .init(least: norm, mean: 0, greatest: norm)
            result.norms = .init(least: min(known.least, norm), mean: 0, greatest: max(known.greatest, norm))
        }
    }
    result.norms?.mean = total / Double(finite)
    return result
}
