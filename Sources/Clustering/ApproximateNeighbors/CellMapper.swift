import Shards
import Tensors

/// The round `probe`: the neighbours of the rows at some positions in the cells that each of them probes.
///
/// For each cell the queries that probe it are multiplied with all of its rows at once, so that the search is a matrix
/// product like the exact one. The cells come in the order of the chain, and in every other task backwards: so what a
/// worker has packed last in one task it needs first in the next, even where it cannot keep all. But each query's nearest
/// cell comes before all others, because after it few pairs are good enough to be kept.
///
/// What is found are candidates by float32 scores, which the same task settles as the exact search does: a row that is not
/// certain is searched again in its cells, every pair in float64.
struct CellMapper: Mapper {
    static let kind = "probe"

    private let program: ApproximateNeighbors
    private let memory: CellMemory
    private let index: CellIndex
    private var ranking: CellRanking
    private var search: NeighborSearch
    private var settling: ListSettling

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
        settling = ListSettling(program.exact, k: program.settings.k, memory.neighbors)
    }

    var certification: Certification { settling.certification }

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
        var reservoir = NeighborReservoir(rows: queries.rows, k: program.exact.candidateCount)
        let cells = block.number.isMultiple(of: 2) ? Array(0..<index.cells) : (0..<index.cells).reversed()
        try search(queries, probed.nearest, in: cells, into: &reservoir)
        try search(queries, probed.others, in: cells, into: &reservoir)
        let lists = reservoir.lists()
        for first in stride(from: 0, to: lists.rows, by: Self.settledRows) {
            let part = first..<min(lists.rows, first + Self.settledRows)
            try settle(lists, part, of: rows, probed).give(firstRow: block.rows.lowerBound + first, to: &partial)
        }
    }

    /// Rows that are settled at once, whose values are read again for that.
    private static let settledRows = 1024

    /// Final lists of some of the task's rows.
    private mutating func settle(
        _ lists: NeighborLists,
        _ part: Range<Int>,
        of rows: [Int32],
        _ probed: ProbedCells
    ) throws -> SettledLists {
        let numbers = Array(rows[part])
        let (k, most) = (program.settings.k, program.exact.mostNeighbors)
        let own = program.settings.includesSelf ? nil : numbers
        let (index, dataset) = (index, program.dataset)
        return try settling.lists(
            of: .init(values: dataset.gather(numbers.map(Int.init)), own: own),
            { place in
                let indices = lists.indices(ofRow: part.lowerBound + place)
                return ListSettling.Candidates(
                    indices: indices,
                    furtherScores: lists.scores(ofRow: part.lowerBound + place).dropFirst(k),
                    areAll: indices.count < lists.k || indices.count == most
                )
            },
            search: { plain, places in
                probed.forEachCell(of: places.map { part.lowerBound + $0 }) { cell, picks in
                    plain.search(picks, among: index.positions(ofCell: cell), of: index, dataset)
                }
            }
        )
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

extension PlainNeighborSearch {
    /// Compares some of the queries with the rows at some positions.
    fileprivate mutating func search(
        _ picks: [Int],
        among positions: Range<Int>,
        of index: CellIndex,
        _ dataset: Dataset
    ) {
        let tile = ListSettling.tileRows(of: dataset)
        for first in stride(from: positions.lowerBound, to: positions.upperBound, by: tile) {
            let numbers = Array(index.order[first..<min(positions.upperBound, first + tile)])
            let values = dataset.gather(numbers.map(Int.init))
            search(picks, among: values.span, numbers: numbers)
        }
    }
}
