import Shards
import Tensors

/// The round `probe`: the neighbours of the rows at some positions in the cells that each of them probes.
///
/// For each cell the queries that probe it are multiplied with all of its rows at once, so that the search is a matrix
/// product like the exact one. The cells come in the order of the chain, and in every other task backwards: so what a
/// worker has packed last in one task it needs first in the next, even where it cannot keep all. But each query's nearest
/// cell comes before all others, because after it few pairs are good enough to be kept.
struct CellMapper: Mapper {
    static let kind = "probe"

    private let program: ApproximateNeighbors
    private let memory: CellMemory
    private let index: CellIndex
    private var ranking: CellRanking
    private var search: NeighborSearch

    init(_ program: ApproximateNeighbors, _ round: Round, _ memory: CellMemory) throws {
        self.program = program
        self.memory = memory
        index = try CellIndex(round, rows: program.dataset.rows, columns: program.dataset.columns)
        ranking = try CellRanking(
            index.centroids,
            metric: program.settings.metric,
            origin: memory.neighbors.origin(of: program.exact)
        )
        search = NeighborSearch(path: try .selected)
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let rows = Array(index.order[block.rows])
        var values = program.dataset.gather(rows.map(Int.init))
        // A row finds k others, whatever becomes of the row itself.
        let leastRows = program.settings.k + 1
        let probed = try ProbedCells(of: values, in: index, by: &ranking, leastRows: leastRows)
        let queries = try PackedRows(
            values.span,
            columns: program.dataset.columns,
            rowNumbers: rows,
            metric: program.settings.metric,
            origin: memory.neighbors.origin(of: program.exact),
            use: .queries
        )
        values = []
        var reservoir = NeighborReservoir(rows: queries.rows, k: program.settings.k)
        let cells = block.number.isMultiple(of: 2) ? Array(0..<index.cells) : (0..<index.cells).reversed()
        try search(queries, probed.nearest, in: cells, into: &reservoir)
        try search(queries, probed.others, in: cells, into: &reservoir)
        let lists = reservoir.lists()
        for first in stride(from: 0, to: lists.rows, by: program.dataset.blockRows) {
            let part = lists.lists(ofRows: first..<min(lists.rows, first + program.dataset.blockRows))
            partial.withLists(0) { $0.merge(part, firstRow: block.rows.lowerBound + first) }
        }
    }

    private mutating func search(
        _ queries: PackedRows,
        _ queriesOfCells: QueriesOfCells,
        in cells: [Int],
        into reservoir: inout NeighborReservoir
    ) throws {
        for cell in cells where !queriesOfCells[cell].isEmpty {
            for piece in pieces(ofCell: cell) {
                search.search(
                    queriesOfCells[cell],
                    of: queries,
                    among: try memory.packed(piece, of: index, for: program),
                    includeSelf: program.settings.includesSelf,
                    into: &reservoir
                )
            }
        }
    }

    /// A cell's positions, no more of them at once than a block has.
    private func pieces(ofCell cell: Int) -> [Range<Int>] {
        let positions = index.positions(ofCell: cell)
        return stride(from: positions.lowerBound, to: positions.upperBound, by: program.dataset.blockRows).map {
            $0..<min(positions.upperBound, $0 + program.dataset.blockRows)
        }
    }
}
