import Shards
import Tensors

/// The round `score` of `NounFilter`: the best nouns of each centre.
struct NounScoreMapper: Mapper {
    static let kind = "score"
    static let capacityName = "capacity"
    static let listsName = "nouns"

    private let settings: NounFilter.Settings
    private let centres: PackedColumns
    private let excluded: Set<Int>
    private var tiles: RowTiles
    private var product = OrderedProduct()

    init(_ program: NounFilter, _ round: Round) throws {
        settings = program.settings
        let centres = try round.parameter(NounFilter.centresName).array.matrix()
        guard centres.columns == program.dataset.columns else { throw round.missing(NounFilter.centresName) }
        self.centres = PackedColumns(transposed: centres.values.span, inner: centres.columns)
        excluded = try round.excludedNouns()
        tiles = RowTiles(of: program.dataset, metric: .cosine)
    }

    static func emptyPartial(for round: Round, of program: NounFilter) throws -> Partial {
        let centres = try round.parameter(NounFilter.centresName).array.matrix().rows
        let capacity = try round.parameter(capacityName).array.integers(count: 1)[0]
        guard 1...Int64(Int32.max) ~= capacity else { throw round.missing(capacityName) }
        // No list can be longer than there are nouns.
        let lists = BestLists(
            groups: centres,
            capacity: min(Int(capacity), program.dataset.rows + 1),
            order: program.settings.kind == .gradnorm ? .ascending : .descending
        )
        return Partial([(listsName, .best(lists))])
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var factors: [Float] = []
        var product = product
        let (settings, centres, excluded) = (settings, centres, excluded)
        tiles.forEachTile(of: block, factors: &factors) { tile, values in
            let similarities = Matrix(products: values, with: centres, &product)
            partial.withBest(0) { lists in
                for index in 0..<tile.count {
                    let noun = block.rows.lowerBound + tile.lowerBound + index
                    guard !excluded.contains(noun) else { continue }
                    let row = similarities.row(index).map { Double($0) }
                    guard settings.kind != .sic else {
                        for (centre, similarity) in row.enumerated() {
                            lists.offer(score: similarity, index: noun, to: centre)
                        }
                        continue
                    }
                    let posterior = NounPosterior(row, temperature: settings.temperature)
                    let range = index * centres.inner..<(index + 1) * centres.inner
                    let score =
                        settings.kind == .tac
                        ? posterior.confidence
                        : Self.gradientNorm(posterior, values.extracting(range), power: settings.power)
                    lists.offer(score: score, index: noun, to: posterior.centre)
                }
            }
        }
        self.product = product
    }

    /// The noun is a unit vector, so that under p = 2 its norm is no factor.
    private static func gradientNorm(_ posterior: NounPosterior, _ noun: Span<Float>, power: Double) -> Double {
        let norm = posterior.gradientNorm(power: power)
        return power == 2 ? norm : norm * NounPosterior.norm(of: noun, power: power)
    }
}

/// The round `mean` of `NounFilter`: the sum of the nouns' unit vectors.
struct NounMeanMapper: Mapper {
    static let kind = "mean"

    private let excluded: Set<Int>
    private var tiles: RowTiles

    init(_ program: NounFilter, _ round: Round) throws {
        excluded = try round.excludedNouns()
        tiles = RowTiles(of: program.dataset, metric: .cosine)
    }

    static func emptyPartial(for program: NounFilter) throws -> Partial {
        let rule = try SumRule(
            bound: 1,
            leastBit: Double(Float.leastNonzeroMagnitude),
            terms: program.dataset.rows,
            isRounded: true
        )
        return Partial([("sum", .sums(FixedPointSums(rows: 1, columns: program.dataset.columns, rule: rule)))])
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var factors: [Float] = []
        let excluded = excluded
        let columns = tiles.dataset.columns
        tiles.forEachTile(of: block, factors: &factors) { tile, values in
            partial.withSums(0) { sums in
                for index in 0..<tile.count
                where !excluded.contains(block.rows.lowerBound + tile.lowerBound + index) {
                    let row = values.extracting(index * columns..<(index + 1) * columns)
                    sums.add(tile: row, labels: [Int32(0)].span)
                }
            }
        }
    }
}

extension Round {
    fileprivate func excludedNouns() throws -> Set<Int> {
        Set(try parameter(NounFilter.excludedName).array.integers().map(Int.init))
    }
}
