import Shards
import Tensors

/// The round `sample`: candidates for the exact neighbours of some rows.
///
/// Lists have room for the row itself, which is taken out later where it is no neighbour.
struct SampleMapper: Mapper {
    static let kind = "sample"
    static let rowsName = "rows"
    static let field = "exact"

    private let program: ApproximateNeighbors
    private let memory: CellMemory
    private let packed: PackedRows
    private var search: NeighborSearch
    private var found: NeighborReservoir

    init(_ program: ApproximateNeighbors, _ round: Round, _ memory: CellMemory) throws {
        self.program = program
        self.memory = memory
        let rows = try Self.rows(of: round, program.dataset)
        let values = program.dataset.gather(rows)
        packed = try PackedRows(
            values.span,
            columns: program.dataset.columns,
            firstRow: 0,
            metric: program.settings.metric,
            origin: memory.neighbors.origin(of: program.exact)
        )
        search = NeighborSearch(path: try .selected)
        found = NeighborReservoir(rows: rows.count, k: program.candidatesOfSample)
    }

    static func rows(of round: Round, _ dataset: Dataset) throws(ClusteringError) -> [Int] {
        let rows = try round.parameter(rowsName).array.integers()
        guard !rows.isEmpty, rows.allSatisfy({ $0 >= 0 && $0 < Int64(dataset.rows) }) else {
            throw round.missing(rowsName)
        }
        return rows.map(Int.init)
    }

    static func emptyPartial(for round: Round, of program: ApproximateNeighbors) throws -> Partial {
        let count = try rows(of: round, program.dataset).count
        let layout = RowLists.Layout(
            rows: count,
            blockRows: count,
            k: program.candidatesOfSample,
            candidates: program.dataset.rows,
            sharedRows: 0..<count
        )
        return Partial([(field, .lists(RowLists(layout)))])
    }

    mutating func map(_ block: Block, into partial: inout Partial) throws {
        let rows = try memory.neighbors.pack(block, of: program.dataset, for: program.exact)
        search.search(packed, among: rows, into: &found)
    }

    mutating func finish(into partial: inout Partial) throws {
        let lists = found.lists()
        partial.withLists(0) { $0.merge(lists, firstRow: 0) }
    }
}

extension ApproximateNeighbors {
    /// Entries of the list of a sampled row.
    var listLengthOfSample: Int { settings.includesSelf ? settings.k : settings.k + 1 }

    /// Entries of it while it grows.
    var candidatesOfSample: Int {
        min(dataset.rows, listLengthOfSample + exact.candidateCount - settings.k)
    }
}
