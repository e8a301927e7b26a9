import Tensors

/// The cells that some queries probe, as the queries of each cell.
struct ProbedCells {
    /// The queries whose nearest cell it is.
    let nearest: QueriesOfCells
    /// The queries that probe it besides their nearest.
    let others: QueriesOfCells

    /// - Parameters:
    ///   - values: of the queries, one row after the other.
    ///   - leastRows: a query whose cells have fewer rows probes as many more, the nearest first.
    init(of values: [Float], in index: CellIndex, by ranking: inout CellRanking, leastRows: Int) throws {
        var nearest = ProbeList()
        var others = ProbeList()
        var short: [Int] = []
        try ranking.forEachBatch(of: values, nearest: index.probes) { first, cells in
            for row in 0..<cells.rows {
                let probed = cells.indices(ofRow: row)
                nearest.add(probed.prefix(1), of: first + row)
                others.add(probed.dropFirst(), of: first + row)
                if index.rows(in: probed) < leastRows { short.append(first + row) }
            }
        }
        if !short.isEmpty {
            let columns = index.centroids.columns
            let rows = short.flatMap { values[$0 * columns..<($0 + 1) * columns] }
            try ranking.forEachBatch(of: rows, nearest: index.cells) { first, cells in
                for row in 0..<cells.rows {
                    let more = index.further(cells.indices(ofRow: row), leastRows: leastRows)
                    others.add(more, of: short[first + row])
                }
            }
        }
        self.nearest = QueriesOfCells(nearest, cells: index.cells)
        self.others = QueriesOfCells(others, cells: index.cells)
    }

    /// Calls `body` with each cell that some queries probe, and with which of them do, by their places in `queries`.
    func forEachCell(of queries: [Int], _ body: (_ cell: Int, _ places: [Int]) -> Void) {
        let places = Dictionary(uniqueKeysWithValues: queries.enumerated().map { (Int32($1), $0) })
        for cell in 0..<nearest.cells {
            let picks = (nearest[cell] + others[cell]).compactMap { places[$0] }
            if !picks.isEmpty { body(cell, picks) }
        }
    }
}

extension CellIndex {
    /// The rows of some cells together.
    fileprivate func rows(in cells: ArraySlice<Int32>) -> Int {
        cells.reduce(0) { $0 + positions(ofCell: Int($1)).count }
    }

    /// The cells behind the probes that are needed for so many rows, from all cells, the nearest first.
    fileprivate func further(_ ranked: ArraySlice<Int32>, leastRows: Int) -> ArraySlice<Int32> {
        let rest = ranked.dropFirst(probes)
        var rows = rows(in: ranked.prefix(probes))
        let end = rest.firstIndex { cell in
            guard rows < leastRows else { return true }
            rows += positions(ofCell: Int(cell)).count
            return false
        }
        return rest[..<(end ?? rest.endIndex)]
    }
}

/// Pairs of a query and a cell.
private struct ProbeList {
    var queries: [Int32] = []
    var cells: [Int32] = []

    mutating func add(_ cells: ArraySlice<Int32>, of query: Int) {
        self.cells += cells
        queries += repeatElement(Int32(query), count: cells.count)
    }
}

/// For each cell some queries, none of them twice.
struct QueriesOfCells {
    private let starts: [Int]
    private let queries: [Int32]

    fileprivate init(_ list: ProbeList, cells: Int) {
        var starts = [Int](repeating: 0, count: cells + 1)
        for cell in list.cells { starts[Int(cell) + 1] += 1 }
        for cell in 0..<cells { starts[cell + 1] += starts[cell] }
        var next = starts
        var queries = [Int32](repeating: 0, count: list.cells.count)
        for (query, cell) in zip(list.queries, list.cells) {
            queries[next[Int(cell)]] = query
            next[Int(cell)] += 1
        }
        self.starts = starts
        self.queries = queries
    }

    var cells: Int { starts.count - 1 }

    subscript(cell: Int) -> ArraySlice<Int32> { queries[starts[cell]..<starts[cell + 1]] }
}
