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
    /// No cluster loses its last row. Where rows run out a cluster keeps its centroid.
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
        for entry in farthest where entry.score > leastDistance && replacements.count < empty.count {
            let place = LabelledRow(index: entry.index, of: relocating.sums.rows)
            guard relocating.sums.counts[place.label] > 1 else { continue }
            let row = tiles.row(place.row)
            relocating.sums.subtract(tiles.exactRow(place.row), from: place.label)
            replacements[empty[replacements.count]] = row
        }
        try update(relocating, replacing: replacements, &model)
    }
}
