import Shards
import Tensors

// Many rows that are not certain, as of data with many ties: float32 collects all pairs that could be good enough.
extension ListSettling {
    /// Rows from which on it is worth laying out the whole dataset for a search; fewer are compared in float64.
    private static let leastRows = 48
    /// Pairs that are collected for a row beyond twice its neighbours.
    private static let furtherPairs = 256
    /// Of what is collected at a time.
    private static let collectedBytes = 64 << 20

    /// Makes the lists of those rows of which few enough pairs could be good enough; the others are left.
    mutating func collect(_ uncertain: inout [Uncertain], of rows: Rows, into lists: inout SettledLists) throws {
        let most = 2 * k + Self.furtherPairs
        let atOnce = Self.collectedBytes / (2 * MemoryLayout<UInt64>.stride * most)
        guard uncertain.count >= Self.leastRows, atOnce >= Self.leastRows else { return }
        var left: [Uncertain] = []
        for first in stride(from: 0, to: uncertain.count, by: atOnce) {
            let part = Array(uncertain[first..<min(uncertain.count, first + atOnce)])
            let found = try collected(for: part, rows, most: most)
            for (place, row) in part.enumerated() {
                // A list that is full may have left something out.
                guard found.counts[place] < most, row.worst > -.infinity else {
                    left.append(row)
                    continue
                }
                let values = rows.values.span.extracting(self.place(ofRow: row.place))
                settle(values, norm: row.norm, among: found.indices(ofRow: place))
                lists.set(list, ofRow: row.place, as: pairs)
            }
        }
        certification.inFloat += uncertain.count - left.count
        uncertain = left
    }

    /// Of each row the pairs that could be among its neighbours, or the best `most` of them.
    private func collected(for uncertain: [Uncertain], _ rows: Rows, most: Int) throws -> NeighborLists {
        let values = uncertain.flatMap { rows.values[place(ofRow: $0.place)] }
        let queries = try PackedRows(
            values.span,
            columns: program.dataset.columns,
            rowNumbers: uncertain.map { rows.own?[$0.place] ?? 0 },
            metric: pairs.metric,
            origin: memory.origin(of: program),
            use: .queries
        )
        var reservoir = NeighborReservoir(
            rows: uncertain.count,
            k: most,
            thresholds: uncertain.map { bound.leastFloat(for: $0.worst, norm: $0.norm) }
        )
        var search = NeighborSearch(path: try .selected)
        let all = Array(0..<Int32(uncertain.count))
        for number in 0..<program.dataset.blockCount {
            search.search(
                all[...],
                of: queries,
                among: try memory.pack(program.dataset.block(number), of: program.dataset, for: program),
                includeSelf: rows.own == nil,
                into: &reservoir
            )
        }
        return reservoir.lists()
    }
}
