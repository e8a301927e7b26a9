import Shards
import Tensors

/// The round `probe`: the neighbours of a block of positions in the cells that their own cells probe.
struct CellMapper: Mapper {
    static let kind = "probe"

    private let program: ApproximateNeighbors
    private let memory: CellMemory
    private let index: CellIndex
    private var search: NeighborSearch

    init(_ program: ApproximateNeighbors, _ round: Round, _ memory: CellMemory) throws {
        self.program = program
        self.memory = memory
        index = try CellIndex(round, rows: program.dataset.rows, cells: program.settings.cells)
        search = NeighborSearch(path: try .selected)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        var found = FoundEntries()
        for cell in index.cells(of: block.rows) {
            let piece = index.positions(ofCell: cell).clamped(to: block.rows)
            if !piece.isEmpty { found.add(try neighbors(of: piece, inCell: cell), index.order) }
        }
        let lists = try NeighborLists(
            rows: block.rows.count,
            k: program.settings.k,
            indexRange: 0..<program.dataset.rows,
            counts: found.counts,
            indices: found.indices,
            scores: found.scores
        )
        partial.withLists(0) { $0.merge(lists, firstRow: block.rows.lowerBound) }
    }

    /// The nearest cells come first: after them few pairs are good enough to be kept.
    private mutating func neighbors(of piece: Range<Int>, inCell cell: Int) throws -> NeighborLists {
        let queries = try memory.packed(piece, of: index, for: program)
        var reservoir = NeighborReservoir(rows: queries.rows, k: program.settings.k)
        search.search(within: queries, includeSelf: program.settings.includesSelf, into: &reservoir)
        for other in pieces(ofCell: cell) where other != piece {
            search.search(queries, among: try memory.packed(other, of: index, for: program), into: &reservoir)
        }
        for probed in index.probes(ofCell: cell) {
            for other in pieces(ofCell: Int(probed)) {
                search.search(queries, among: try memory.packed(other, of: index, for: program), into: &reservoir)
            }
        }
        return reservoir.lists()
    }

    /// A cell's positions, cut where blocks end.
    private func pieces(ofCell cell: Int) -> [Range<Int>] {
        let positions = index.positions(ofCell: cell)
        let blockRows = program.dataset.blockRows
        var pieces: [Range<Int>] = []
        var first = positions.lowerBound
        while first < positions.upperBound {
            let end = min(positions.upperBound, (first / blockRows + 1) * blockRows)
            pieces.append(first..<end)
            first = end
        }
        return pieces
    }
}

/// Entries of lists by row, which were found by position.
private struct FoundEntries {
    private(set) var counts: [Int32] = []
    private(set) var indices: [Int32] = []
    private(set) var scores: [Float] = []

    /// - Parameter order: the row at each position.
    mutating func add(_ lists: NeighborLists, _ order: [Int32]) {
        counts += lists.counts
        scores += lists.scores
        for row in 0..<lists.rows {
            let scores = lists.scores(ofRow: row)
            let rows = lists.indices(ofRow: row).map { order[Int($0)] }
            // Only among equal scores can the order of positions be another than that of rows.
            var first = 0
            while first < rows.count {
                let score = scores[scores.startIndex + first]
                var end = first + 1
                while end < rows.count, scores[scores.startIndex + end] == score { end += 1 }
                indices += end - first == 1 ? rows[first..<end] : rows[first..<end].sorted()[...]
                first = end
            }
        }
    }
}
