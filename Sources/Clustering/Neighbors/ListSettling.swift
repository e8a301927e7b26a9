import Shards
import Tensors

/// Makes lists by float64 scores of what a float32 search has found for the same rows.
///
/// The candidates of a row are scored in float64, as many as it is to have neighbours and then, one after the other, those
/// of lower float32 scores, until no pair with the next such score could be as good as what is there
/// (`Tensors`' CertifiedNeighbors). Where that never happens the row is not certain, and is searched again.
struct ListSettling {
    /// What the search has found for a row.
    struct Candidates {
        /// By the search's own order.
        var indices: ArraySlice<Int32>
        /// Float32 scores of the candidates from the k-th on, counted from 0.
        var furtherScores: ArraySlice<Float>
        /// Whether there is nothing else to be found.
        var areAll: Bool
    }

    /// Rows that get lists.
    struct Rows {
        /// One after the other.
        var values: [Float]
        /// The row of the dataset that each may not find, or nil where all may be found.
        var own: [Int32]?
    }

    /// Compares rows that are not certain, by their places, with all that they may find.
    typealias Search = (inout PlainNeighborSearch, _ rows: [Int]) throws -> Void

    let k: Int
    let program: Neighbors
    let pairs: PairScores
    let bound: ScoreBound
    let memory: NeighborsMemory
    private let dataset: Dataset
    /// Of the dataset's rows, by block; empty where the metric needs none.
    private let norms: [[Double]]

    /// What the lists so far took to be certain.
    var certification = Certification()
    /// Of the row at hand, in order.
    private(set) var list: [BestLists.Entry] = []
    private var scratch = Scratch()

    /// What scoring candidates takes, used again for those of other rows.
    private struct Scratch {
        var values: [Float] = []
        var norms: [Double] = []
        var scores: [Double] = []
    }

    /// - Parameters:
    ///   - k: entries of a list.
    ///   - greatestNorm: of the dataset's rows, for the inner product.
    init(_ program: Neighbors, k: Int, greatestNorm: Double = 0, _ memory: NeighborsMemory) {
        self.k = k
        self.program = program
        self.memory = memory
        dataset = program.dataset
        pairs = PairScores(program.settings.metric)
        bound = ScoreBound(
            program.settings.metric,
            hasOrigin: !memory.origin(of: program).isEmpty,
            columns: program.dataset.columns,
            greatestNorm: greatestNorm
        )
        norms = pairs.needsNorms ? memory.norms(of: program.dataset) : []
    }

    /// The lists of some rows.
    ///
    /// - Parameters:
    ///   - candidates: those of the row at a place.
    ///   - search: compares rows, by their places, with all that they may find; the whole dataset unless given.
    mutating func lists(
        of rows: Rows,
        _ candidates: (Int) -> Candidates,
        search: Search? = nil
    ) throws -> SettledLists {
        let ownNorms = PairScores.norms(of: rows.values.span, columns: dataset.columns)
        var lists = SettledLists(rows: ownNorms.count, k: k)
        var uncertain: [Uncertain] = []
        for row in ownNorms.indices {
            let values = rows.values.span.extracting(place(ofRow: row))
            if settle(values, norm: ownNorms[row], candidates(row)) {
                lists.set(list, ofRow: row, as: pairs)
            } else {
                let worst = list.count == k ? list[k - 1].score : -.infinity
                uncertain.append(Uncertain(place: row, norm: ownNorms[row], worst: worst))
            }
        }
        certification.rows += ownNorms.count
        if search == nil { try collect(&uncertain, of: rows, into: &lists) }
        for first in stride(from: 0, to: uncertain.count, by: rowsAtOnce) {
            let part = Array(uncertain[first..<min(uncertain.count, first + rowsAtOnce)])
            try searchInDouble(part, of: rows, into: &lists, search ?? Self.everywhere(dataset))
        }
        return lists
    }
}

extension ListSettling {
    /// Where a row's values are among those of rows one after the other.
    func place(ofRow row: Int) -> Range<Int> { row * dataset.columns..<(row + 1) * dataset.columns }
}

// One row by its candidates.
extension ListSettling {
    /// Makes the row's list.
    /// - Returns: whether it is certain.
    private mutating func settle(_ row: Span<Float>, norm: Double, _ candidates: Candidates) -> Bool {
        list.removeAll(keepingCapacity: true)
        add(candidates.indices.prefix(k), row, norm)
        guard list.count == k else { return false }
        for (index, score) in zip(candidates.indices.indices.dropFirst(k), candidates.furtherScores) {
            if bound.greatest(score, norm: norm) < list[k - 1].score { return true }
            add(candidates.indices[index...index], row, norm)
            list.removeLast()
        }
        guard !candidates.areAll, let score = candidates.furtherScores.last else { return candidates.areAll }
        return bound.greatest(score, norm: norm) < list[k - 1].score
    }

    /// Makes the row's list of pairs among which all of it are.
    mutating func settle(_ row: Span<Float>, norm: Double, among all: ArraySlice<Int32>) {
        list.removeAll(keepingCapacity: true)
        for first in stride(from: all.startIndex, to: all.endIndex, by: k) {
            add(all[first..<min(all.endIndex, first + k)], row, norm)
            list.removeLast(max(0, list.count - k))
        }
    }

    /// Scores candidates and puts them where they belong in the list.
    private mutating func add(_ candidates: ArraySlice<Int32>, _ row: Span<Float>, _ norm: Double) {
        // Out of its place, so that it has one owner.
        var scratch = Scratch()
        swap(&scratch, &self.scratch)
        gather(candidates, &scratch)
        score(row, norm, candidates.count, scratch.values, scratch.norms, &scratch.scores)
        for (place, candidate) in candidates.enumerated() {
            insert(BestLists.Entry(score: scratch.scores[place], index: Int(candidate)))
        }
        swap(&scratch, &self.scratch)
    }

    private func gather(_ candidates: ArraySlice<Int32>, _ scratch: inout Scratch) {
        let count = candidates.count * dataset.columns
        if scratch.values.count < count {
            scratch.values = [Float](repeating: 0, count: count)
            scratch.scores = [Double](repeating: 0, count: candidates.count)
        }
        var all = scratch.values.mutableSpan
        var rows = all._mutatingExtracting(0..<count)
        dataset.gather(inOrder: candidates, into: &rows)
        guard pairs.needsNorms else { return }
        scratch.norms.removeAll(keepingCapacity: true)
        for candidate in candidates {
            let (block, place) = Int(candidate).quotientAndRemainder(dividingBy: dataset.blockRows)
            scratch.norms.append(norms[block][place])
        }
    }

    private func score(
        _ row: Span<Float>,
        _ norm: Double,
        _ count: Int,
        _ values: [Float],
        _ norms: [Double],
        _ scores: inout [Double]
    ) {
        var all = scores.mutableSpan
        var scores = all._mutatingExtracting(0..<count)
        let values = values.span.extracting(0..<count * dataset.columns)
        pairs.measure(row, norm: norm, with: values, norms: norms.span, into: &scores)
    }

    /// Candidates come nearly in order, so that few entries move.
    private mutating func insert(_ entry: BestLists.Entry) {
        list.append(entry)
        var place = list.count - 1
        while place > 0, (list[place - 1].score, entry.index) < (entry.score, list[place - 1].index) {
            list[place] = list[place - 1]
            place -= 1
        }
        list[place] = entry
    }
}

// Rows that are not certain.
extension ListSettling {
    /// A row whose candidates may leave out some of its neighbours.
    struct Uncertain {
        var place: Int
        var norm: Double
        /// No neighbour has a lower score.
        var worst: Double
    }

    /// Of the entries that are held at a time.
    private static let entryBytes = 64 << 20
    /// Floats of a tile of rows that others are compared with: what stays in the second-level cache.
    private static let tileFloats = 32 << 10

    private var rowsAtOnce: Int { max(1, Self.entryBytes / (MemoryLayout<BestLists.Entry>.stride * k)) }

    private mutating func searchInDouble(
        _ uncertain: [Uncertain],
        of rows: Rows,
        into lists: inout SettledLists,
        _ search: Search
    ) throws {
        certification.inDouble += uncertain.count
        var queries = PlainNeighborSearch.Queries()
        for row in uncertain {
            let values = rows.values.span.extracting(place(ofRow: row.place))
            queries.append(values, norm: row.norm, own: rows.own?[row.place])
        }
        var plain = PlainNeighborSearch(queries, columns: dataset.columns, k: k, metric: pairs.metric)
        try search(&plain, uncertain.map(\.place))
        for (query, row) in uncertain.enumerated() {
            lists.set(plain.list(ofQuery: query), ofRow: row.place, as: pairs)
        }
    }

    /// The search among all rows of a dataset.
    private static func everywhere(_ dataset: Dataset) -> Search {
        { plain, rows in
            let tile = tileRows(of: dataset)
            for first in stride(from: 0, to: dataset.rows, by: tile) {
                let numbers = first..<min(dataset.rows, first + tile)
                let values = dataset.read(rows: numbers)
                plain.search(rows.indices, among: values.span, numbers: numbers.map(Int32.init))
            }
        }
    }

    static func tileRows(of dataset: Dataset) -> Int { max(4, tileFloats / dataset.columns) }
}
