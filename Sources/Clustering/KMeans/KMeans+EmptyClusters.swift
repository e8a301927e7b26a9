import Shards
import Tensors

extension KMeans {
    /// What a row must be away from its centroid to start a cluster of its own.
    ///
    /// Under cosine equal rows differ from their normalised mean by rounding, and a row moved for that would start a
    /// cluster that its equals then leave and enter without end.
    private var leastDistance: Double { settings.metric == .cosine ? 0x1p-20 : 0 }

    /// Gives every cluster without rows, in their order, the next farthest row, which leaves its cluster.
    ///
    /// No cluster loses its last row. Where rows run out a cluster keeps its centroid. Of a row with a whole weight, which
    /// stands for so many, one leaves after the other.
    func relocate(_ relocating: Relocating, _ model: inout Model, with answer: Partial) throws {
        let farthest = try answer.bestIndices("farthest", below: dataset.rows * relocating.sums.rows)
        var relocating = relocating
        if farthest.allSatisfy({ $0.score <= leastDistance }) {
            // Every row is where its centroid is, and equal rows have one label.
            model.distinctRows = relocating.sums.counts.count { $0 > 0 }
        }
        let empty = relocating.emptyClusters
        let tiles = RowTiles(of: dataset, metric: settings.metric)
        var replacements: [Int: [Float]] = [:]
        let places = farthest.filter { $0.score > leastDistance }
            .map { LabelledRow(index: $0.index, of: relocating.sums.rows) }
            .flatMap { [LabelledRow](repeating: $0, count: copies(of: $0.row, atMost: empty.count)) }
        for place in places.prefix(empty.count) where replacements.count < empty.count {
            guard try leave(place, tiles, &relocating.sums, model) else { continue }
            replacements[empty[replacements.count]] = tiles.row(place.row)
        }
        try update(relocating, replacing: replacements, &model)
    }

    private func copies(of row: Int, atMost most: Int) -> Int {
        guard let weights, weights.description.areWhole else { return 1 }
        return Int(min(weights[row..<row + 1][0], Double(most)))
    }

    /// Takes a row out of its cluster, unless it is the last.
    private func leave(
        _ place: LabelledRow,
        _ tiles: RowTiles,
        _ sums: inout FixedPointSums,
        _ model: Model
    ) throws -> Bool {
        guard let weights else {
            guard sums.counts[place.label] > 1 else { return false }
            sums.subtract(tiles.exactRow(place.row), from: place.label)
            return true
        }
        let weight = weights.description.areWhole ? 1 : weights[place.row..<place.row + 1][0]
        guard sums.weight(of: place.label) > weight, let survey = model.survey else { return false }
        let rule = try Bounds(survey, metric: settings.metric, dataset: dataset)
            .sumRule(settings.metric, terms: terms)
        sums.subtract(tiles.exactRow(place.row), weight: weight, from: place.label, roundedBy: rule)
        return true
    }
}
