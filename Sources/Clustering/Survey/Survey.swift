package import Shards
import Tensors

/// The first pass over every row: what bounds the values, and which rows cannot be used.
///
/// It is the first round of every program, and `SurveyProgram` by itself.
package enum Survey {
    package static let roundKind = "survey"

    /// How many of the rows of a kind are named.
    package static let listedRows = 20

    package static func round(over dataset: Dataset) -> Round {
        Round(kind: roundKind, parameters: [], blocks: dataset.blockCount)
    }

    package static func emptyPartial() -> Partial {
        let one = { (order: BestLists.Order) in Partial.Field.best(BestLists(groups: 1, capacity: 1, order: order)) }
        let listed = Partial.Field.best(BestLists(groups: 1, capacity: listedRows, order: .ascending))
        return Partial([
            ("non-finite", listed),
            ("zero", listed),
            ("counts", .counts([0, 0])),
            ("largest", one(.descending)),
            ("least norm", one(.ascending)),
            ("greatest norm", one(.descending)),
            ("norms", .counts([Int64](repeating: 0, count: NormHistogram.bins))),
            ("least", one(.ascending)),
        ])
    }

    package static func mapper(over dataset: Dataset) -> any Mapper {
        SurveyMapper(dataset)
    }
}

/// Norms by binade, so that their sum is exact though nothing bounds them yet: each adds its significand, rounded to 30
/// bits after the point, as an integer.
enum NormHistogram {
    /// From the least float32 to the norm of 2⁴⁰ columns of the greatest.
    static let exponents = -149...148
    static var bins: Int { exponents.count }
    private static let scale = 0x1p30

    static func entry(of norm: Double) -> (bin: Int, significand: Int64)? {
        guard norm > 0 else { return nil }
        return (Int(norm.exponent) - exponents.lowerBound, Int64((norm.significand * scale).rounded()))
    }

    static func total(_ bins: [Int64]) -> Double {
        zip(exponents, bins).reduce(0) { total, bin in
            total + Double(sign: .plus, exponent: bin.0, significand: Double(bin.1) / scale)
        }
    }
}

private struct SurveyMapper: Mapper {
    private var tiles: RowTiles
    private var statistics = RowStatistics()

    init(_ dataset: Dataset) {
        tiles = RowTiles(of: dataset, metric: .euclidean)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let columns = tiles.dataset.columns
        var factors: [Float] = []
        var statistics = statistics
        tiles.forEachTile(of: block, factors: &factors) { tile, values in
            statistics.measure(values, columns: columns)
            for row in 0..<tile.count {
                Self.add(statistics, row, as: block.rows.lowerBound + tile.lowerBound + row, to: &partial)
            }
        }
        self.statistics = statistics
    }

    private static func add(_ statistics: RowStatistics, _ row: Int, as number: Int, to partial: inout Partial) {
        guard statistics.isFinite(row: row) else { return addProblem(0, number, to: &partial) }
        let square = statistics.squaredNorms[row]
        if RowStatistics.unitFactor(squaredNorm: square) == nil { addProblem(1, number, to: &partial) }
        let norm = square.squareRoot()
        partial.withBest(3) { $0.offer(score: Double(statistics.largest[row]), index: number, to: 0) }
        partial.withBest(4) { $0.offer(score: norm, index: number, to: 0) }
        partial.withBest(5) { $0.offer(score: norm, index: number, to: 0) }
        if let entry = NormHistogram.entry(of: norm) {
            partial.withCounts(6) { $0[entry.bin] += entry.significand }
        }
        let least = Double(statistics.least[row])
        if least.isFinite { partial.withBest(7) { $0.offer(score: least, index: number, to: 0) } }
    }

    private static func addProblem(_ kind: Int, _ number: Int, to partial: inout Partial) {
        partial.withBest(kind) { $0.offer(score: Double(number), index: number, to: 0) }
        partial.withCounts(2) { $0[kind] += 1 }
    }
}
